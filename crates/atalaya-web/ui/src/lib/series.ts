// Rows of an answer as lines of a chart: one line per source, definition and unit, never averaged.

import type { Answer, Row } from './api';

const TIMES = ['year', 'quarter', 'month', 'fiscal-year'] as const;
const DIMENSIONS = ['area', 'substance', 'definition', 'breakdown', 'source', 'transport', 'departure', 'destination', 'producing', 'admin', 'place', 'unit'];

export interface Point {
  at: number;
  period: string;
  value: number | null;
  low: number | null;
  high: number | null;
  provisional: boolean;
  missing: string;
  row: Row | null;
}

export interface Line {
  key: string;
  /** Dimension and code, in the order they are named. */
  names: [string, string][];
  unit: string;
  points: Point[];
}

export interface Drawing {
  time: string;
  lines: Line[];
}

export function num(cell: unknown): number | null {
  if (cell === null || cell === undefined || cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** A period as a number on the axis: 2014, 2014-Q3, 2014-07 or FY2014. */
export function position(period: string): number | null {
  const found = /(\d{4})(?:-?Q([1-4])|-(\d{2}))?/.exec(period);
  if (!found) return null;
  const part = found[2] ? (Number(found[2]) - 1) / 4 : found[3] ? (Number(found[3]) - 1) / 12 : 0;
  return Number(found[1]) + part;
}

const STEP: Record<string, number> = { quarter: 1 / 4, month: 1 / 12 };

/** The dimensions of an answer that vary or name a line, with the unit kept apart. */
export function dimensions(answer: Answer): string[] {
  const there = new Set(answer.columns.map((column) => column.id));
  return DIMENSIONS.filter((id) => there.has(id) && answer.rows.some((row) => (row[id] ?? '') !== ''));
}

function isProvisional(row: Row): boolean {
  const status = String(row.status ?? '').toLowerCase();
  return status === 'p' || status.includes('provisional');
}

/** The lines of an answer. `value` names the column to draw; its `_low` and `_high` are the band. */
export function lines(answer: Answer, value: string): Drawing {
  const time = TIMES.find((id) => answer.columns.some((column) => column.id === id)) ?? 'year';
  const dims = dimensions(answer);
  const [low, high] = value === 'value' ? ['low', 'high'] : [`${value}_low`, `${value}_high`];
  const found = new Map<string, Line>();
  for (const row of answer.rows) {
    const period = String(row[time] ?? '');
    const at = position(period);
    if (at === null) continue;
    const names = dims.map((id): [string, string] => [id, String(row[id] ?? '')]);
    const key = names.map(([, code]) => code).join('~');
    const line = found.get(key) ?? { key, names: names.filter(([id, code]) => id !== 'unit' && code !== ''), unit: String(row.unit ?? ''), points: [] };
    found.set(key, line);
    line.points.push({
      at,
      period,
      value: num(row[value]),
      low: num(row[low]),
      high: num(row[high]),
      provisional: isProvisional(row),
      missing: String(row.missing ?? ''),
      row,
    });
  }
  return { time, lines: [...found.values()].map((line) => ({ ...line, points: withGaps(line.points, STEP[time] ?? 1) })) };
}

/** Points in order, with an empty one wherever a period is skipped, so that the line breaks there. */
function withGaps(points: Point[], step: number): Point[] {
  const sorted = points.toSorted((a, b) => a.at - b.at);
  return sorted.flatMap((point, i) => {
    const before = sorted[i - 1];
    if (!before || point.at - before.at < step * 1.5) return [point];
    const gap = { at: before.at + step, period: '', value: null, low: null, high: null, provisional: false, missing: '', row: null };
    return [gap, point];
  });
}

/** Whether two lines run along each other: three points or more in common that differ by less than 2 %. */
export function together(a: Line, b: Line): boolean {
  const values = new Map(a.points.map((point) => [point.at, point.value]));
  const near = b.points.filter(({ at, value }) => {
    const other = values.get(at);
    return value !== null && other !== null && other !== undefined && Math.abs(value - other) <= 0.02 * Math.max(Math.abs(value), Math.abs(other));
  });
  return near.length >= 3;
}

/** The lines shown when the reader has not chosen: those with most points, at most `most`. */
export function usual(all: Line[], most: number): string[] {
  const weight = (line: Line) => line.points.filter((point) => point.value !== null).length;
  const largest = (line: Line) => Math.max(0, ...line.points.map((point) => point.value ?? 0));
  return all
    .toSorted((a, b) => weight(b) - weight(a) || largest(b) - largest(a))
    .slice(0, most)
    .map((line) => line.key);
}
