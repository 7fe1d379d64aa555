// What the address says about a table: conditions, the facets that are open, the way it is sorted.

import type { FacetOf, TableColumn, TableName } from './data';

export type Sign = '=' | '!=' | '>=' | '<=' | '>' | '<' | '~' | ':';

export interface Condition {
  column: string;
  sign: Sign;
  value: string;
}

/** The facets that are open unless the reader chose others. */
export const FACETS: Record<TableName, readonly string[]> = {
  observations: ['measure', 'source', 'substance', 'year', 'missing'],
  records: ['source', 'substance', 'year', 'area', 'transport'],
  vintages: ['source', 'standing', 'label'],
  revisions: ['source', 'measure', 'year', 'vintage'],
};

/** Reads `area=PE`. */
export function condition(text: string): Condition | null {
  const found = /^([\w-]+)(!=|>=|<=|=|>|<|~|:)([^]*)$/.exec(text);
  return found ? { column: found[1] ?? '', sign: found[2] as Sign, value: found[3] ?? '' } : null;
}

export function written({ column, sign, value }: Condition): string {
  return `${column}${sign}${value}`;
}

/** The conditions with this one added; the same conditions if it is there. */
export function adding(all: readonly string[], one: string): string[] {
  return all.includes(one) ? [...all] : [...all, one];
}

export function without(all: readonly string[], one: string): string[] {
  return all.filter((other) => other !== one);
}

/** A value of a facet chosen, or given up where it was chosen. */
export function turned(all: readonly string[], column: string, value: string): string[] {
  const one = written({ column, sign: '=', value });
  return all.includes(one) ? without(all, one) : adding(all, one);
}

/** The next way a column sorts: up, down, then as the table comes. Numbers begin with the largest. */
export function nextSort(sort: string, { id, kind }: Pick<TableColumn, 'id' | 'kind'>): string {
  const down = `-${id}`;
  const first = kind === 'count' || kind === 'decimal' || kind === 'date' ? down : id;
  const second = first === id ? down : id;
  return sort === first ? second : sort === second ? '' : first;
}

/** How a column is sorted, in the words of ARIA. */
export function ariaSort(sort: string, id: string): 'ascending' | 'descending' | undefined {
  return sort === id ? 'ascending' : sort === `-${id}` ? 'descending' : undefined;
}

/** The signs that make sense for a column, the likeliest first. */
export function signsFor(column: TableColumn): Sign[] {
  if (column.kind === 'count' || column.kind === 'decimal' || column.kind === 'date') return ['>=', '<=', '=', '!='];
  const within = ['area', 'substance', 'producing', 'departure', 'destination'].includes(column.id);
  return column.kind === 'text' ? ['~', '=', '!='] : within ? [':', '=', '!=', '~'] : ['=', '!=', '~'];
}

/** Whether a value of a facet is chosen. */
export function chosen(all: readonly string[], facet: FacetOf, value: string): boolean {
  return all.includes(written({ column: facet.column, sign: '=', value }));
}
