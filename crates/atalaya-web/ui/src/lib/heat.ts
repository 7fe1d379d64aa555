// The coverage table: rows in order, and a step of colour for each number.

import type { AreaRef, Both, Coverage } from './api';

export interface HeatRow {
  code: string;
  name: string;
  cells: (number | null)[];
  total: number;
}

const known = (area: AreaRef) => ('code' in area ? area : { code: area.id, name: area.label });

/** The rows that fit a search, by name or by most items. */
export function arranged(coverage: Coverage, sort: 'items' | 'name', find: string, say: (name: Both) => string, lang: string): HeatRow[] {
  const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(lang);
  const wanted = fold(find.trim());
  const rows = coverage.areas.map((area, i) => {
    const { code, name } = known(area);
    const cells = coverage.cells[i] ?? [];
    return { code, name: say(name) || code, cells, total: cells.reduce<number>((sum, cell) => sum + (cell ?? 0), 0) };
  });
  const byName = (a: HeatRow, b: HeatRow) => a.name.localeCompare(b.name, lang);
  return rows
    .filter((row) => fold(`${row.name} ${row.code}`).includes(wanted))
    .sort(sort === 'name' ? byName : (a, b) => b.total - a.total || byName(a, b));
}

export const STEPS = 7;

/** The least and the largest number above zero. */
export function range(rows: HeatRow[]): [number, number] {
  const above = rows.flatMap((row) => row.cells.filter((cell) => cell !== null && cell > 0)) as number[];
  return [Math.min(...above), Math.max(...above)];
}

/** 1 to 7 by the logarithm of a number above zero, from the least to the largest. */
export function step(value: number, [least, largest]: [number, number]): number {
  if (largest <= least) return Math.ceil(STEPS / 2);
  return 1 + Math.round(((STEPS - 1) * Math.log(value / least)) / Math.log(largest / least));
}

/** How many areas reported something in each year, zero included. */
export function reporting(rows: HeatRow[], years: number): number[] {
  return Array.from({ length: years }, (_, year) => rows.filter((row) => row.cells[year] !== null && row.cells[year] !== undefined).length);
}
