import { expect, it } from 'vitest';
import type { Answer, Row } from './api';
import { lines, position, together, usual } from './series';

const both = (text: string) => ({ en: text, es: text });
const answer = (rows: Row[]): Answer => ({
  title: both(''), snapshot: '', label: { tlp: 'TLP:CLEAR', purpose: '', recipients: [], rows: '' }, sources: [],
  columns: ['year', 'area', 'definition', 'source', 'unit', 'value', 'low', 'high', 'missing', 'status'].map((id) => ({ id, label: both(id), kind: 'text', unit: '' })),
  rows, labels: {}, notes: [],
});
const row = (year: string, source: string, value: string | null, more: Row = {}): Row => ({ year, area: 'PE', definition: 'net', source, unit: 'ha', value, ...more });

it('rival sources are lines of their own', () => {
  const drawn = lines(answer([row('2020', 'a', '61777'), row('2020', 'b', '61800')]), 'value').lines;
  expect(drawn.map((line) => [line.points.length, line.points[0]?.value])).toEqual([[1, 61777], [1, 61800]]);
});

it('a line breaks where a year is skipped and where a value is missing', () => {
  const [line] = lines(answer([row('2019', 'a', '3'), row('2016', 'a', '1'), row('2017', 'a', null, { missing: 'suppressed' })]), 'value').lines;
  expect(line?.points.map((point) => [point.at, point.value])).toEqual([[2016, 1], [2017, null], [2018, null], [2019, 3]]);
});

it('zero is a value, an absent one is not zero', () => {
  const [line] = lines(answer([row('2016', 'a', '0'), row('2017', 'a', '')]), 'value').lines;
  expect(line?.points.map((point) => point.value)).toEqual([0, null]);
});

it('provisional points and bands are kept', () => {
  const [line] = lines(answer([row('2024', 'a', '5', { status: 'provisional', low: '4', high: '7' })]), 'value').lines;
  expect(line?.points[0]).toMatchObject({ provisional: true, low: 4, high: 7 });
});

it('periods have a place on the axis', () => {
  expect(['2014', '2014-Q3', '2014-07', 'FY2014', ''].map(position)).toEqual([2014, 2014.5, 2014.5, 2014, null]);
});

it('lines that run together are found', () => {
  const rows = (source: string, values: number[]) => values.map((value, i) => row(String(2020 + i), source, String(value)));
  const [a, b, c] = lines(answer([...rows('a', [100, 200, 300]), ...rows('b', [101, 200, 299]), ...rows('c', [50, 200, 300])]), 'value').lines;
  expect(a && b && together(a, b)).toBe(true);
  expect(a && c && together(a, c)).toBe(false);
});

it('without a choice the longest lines are shown', () => {
  const all = lines(answer([row('2020', 'a', '1'), row('2020', 'b', '1'), row('2021', 'b', '1'), row('2020', 'c', '9')]), 'value').lines;
  expect(usual(all, 2)).toEqual(['PE~net~b~ha', 'PE~net~c~ha']);
});
