import { expect, it } from 'vitest';
import { doubtsFirst, lacking, lineOf, roleOf, saying } from './columns';
import type { Choices, DraftedColumn } from './inbox';

const column = (name: string, field: string | null, sure = true): DraftedColumn => ({ name, field, sure, examples: [], why: { en: '', es: '' } });
const nothing: Choices = { columns: {}, always: {} };

it('doubtful columns come first, unread ones last, the file keeps its order', () => {
  const all = [column('a', 'area'), column('b', null), column('c', 'amount', false), column('d', 'date')];
  expect(doubtsFirst(all).map(({ name }) => name)).toEqual(['c', 'a', 'd', 'b']);
});

it('values and periods go by the words of the choices', () => {
  expect(roleOf(column('v', 'value'), nothing)).toBe('amount');
  expect(roleOf(column('p', 'period'), nothing)).toBe('date');
  expect(roleOf(column('2014', '@cell'), nothing)).toBe('year');
  expect(roleOf(column('x', null), nothing)).toBe('ignore');
});

it('what no column says can be said once for all rows', () => {
  const all = [column('lugar', 'area'), column('kg', 'amount')];
  expect(lacking(all, nothing)).toEqual(['date', 'substance', 'unit']);
  expect(lacking([...all, column('2014', '@cell')], nothing)).toEqual(['substance', 'unit']);
});

it('a choice taken back says nothing', () => {
  const said = saying(nothing, column('x', 'place'), 'area', '');
  expect(said.columns).toEqual({ x: { is: 'area', why: '' } });
  expect(saying(said, column('x', 'place'), 'place', '').columns).toEqual({});
});

it('the line of a problem is found', () => {
  expect(lineOf('recipe.toml line 12')).toBe(12);
  expect(lineOf('recipe.toml line 0')).toBe(null);
  expect(lineOf('f.csv › area')).toBe(null);
});
