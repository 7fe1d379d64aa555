import { expect, it } from 'vitest';
import type { Answer } from './api';
import { valuesOf, variants } from './choropleth';
import { DIGITS, LETTERS } from './iso';

const both = { en: '', es: '' };
const columns = ['year', 'area', 'definition', 'source', 'value'].map((id) => ({ id, label: both, kind: 'text' as const, unit: '' }));
const rows = [
  { year: '2011', area: 'PE', definition: 'net', source: 'u', value: '62500' },
  { year: '2011', area: 'PE', definition: 'image', source: 'u', value: '64400' },
  { year: '2012', area: 'PE', definition: 'net', source: 'u', value: '60400' },
  { year: '2012', area: 'BO', definition: 'net', source: 'u', value: null },
  { year: '2012', area: 'm49:001', definition: 'net', source: 'u', value: '133700' },
];
const answer: Answer = { title: both, snapshot: '', label: { tlp: '', purpose: '', recipients: [], rows: '' }, sources: [], columns, rows, labels: {}, notes: [] };

it('two definitions are two maps, the fuller first', () => {
  const [net, image] = variants(answer, 'value');
  expect(net?.years).toEqual(['2011', '2012']);
  expect(net && valuesOf(net)).toEqual([62500, 60400]);
  expect(image?.cells.get('2011')?.get('PE')?.value).toBe(64400);
});

it('letters and digits of a country agree both ways', () => {
  expect(DIGITS.get('PE')).toBe('604');
  expect(LETTERS.get('170')).toBe('CO');
  expect(DIGITS.size).toBe(249);
  expect(LETTERS.size).toBe(249);
});
