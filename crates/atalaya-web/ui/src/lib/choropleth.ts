// The figures of a map: one source and definition at a time, by year and country.

import type { Answer, Row } from './api';
import { dimensions, num } from './series';

export interface Cell {
  value: number | null;
  row: Row;
}

export interface Variant {
  key: string;
  names: [string, string][];
  unit: string;
  years: string[];
  /** Year, then area. */
  cells: Map<string, Map<string, Cell>>;
}

/** The variants of an answer by year and area, those with most figures first. */
export function variants(answer: Answer, value: string): Variant[] {
  const dims = dimensions(answer).filter((id) => id !== 'area');
  const found = new Map<string, Variant>();
  for (const row of answer.rows) {
    // The world, regions and parts of a country are no countries of a map.
    if (!/^[A-Z]{2}$/.test(String(row.area ?? ''))) continue;
    const names = dims.map((id): [string, string] => [id, String(row[id] ?? '')]);
    const key = names.map(([, code]) => code).join('~');
    const variant = found.get(key) ?? {
      key,
      names: names.filter(([id, code]) => id !== 'unit' && code !== ''),
      unit: String(row.unit ?? ''),
      years: [],
      cells: new Map<string, Map<string, Cell>>(),
    };
    found.set(key, variant);
    const year = String(row.year ?? '');
    const areas = variant.cells.get(year) ?? new Map<string, Cell>();
    variant.cells.set(year, areas);
    areas.set(String(row.area ?? ''), { value: num(row[value]), row });
  }
  const size = (variant: Variant) => [...variant.cells.values()].reduce((sum, areas) => sum + areas.size, 0);
  const all = [...found.values()].map((variant) => ({ ...variant, years: [...variant.cells.keys()].sort() }));
  return all.sort((a, b) => size(b) - size(a));
}

/** Every value of a variant, over all years. */
export function valuesOf(variant: Variant): number[] {
  return [...variant.cells.values()].flatMap((areas) => [...areas.values()].flatMap(({ value }) => (value === null ? [] : [value])));
}
