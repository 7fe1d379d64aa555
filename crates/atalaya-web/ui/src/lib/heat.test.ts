import { expect, it } from 'vitest';
import { arranged, range, reporting, step } from './heat';

const coverage = {
  source: 's', years: [2011, 2012],
  areas: [{ code: 'PE', name: { en: 'Peru', es: 'Perú' } }, { code: 'BO', name: { en: 'Bolivia', es: 'Bolivia' } }],
  cells: [[0, null], [5, 500]],
};
const say = (name: { en: string; es: string }) => name.es;

it('rows are ordered and found without accents', () => {
  expect(arranged(coverage, 'items', '', say, 'es').map((row) => row.code)).toEqual(['BO', 'PE']);
  expect(arranged(coverage, 'name', 'peru', say, 'es').map((row) => row.name)).toEqual(['Perú']);
});

it('an area that reported zero has reported', () => {
  expect(reporting(arranged(coverage, 'name', '', say, 'es'), 2)).toEqual([2, 1]);
});

it('colours run from the least to the largest', () => {
  const ends = range(arranged(coverage, 'name', '', say, 'es'));
  expect(ends).toEqual([5, 500]);
  expect([5, 50, 500].map((value) => step(value, ends))).toEqual([1, 4, 7]);
  expect(step(3, [3, 3])).toBe(4);
});
