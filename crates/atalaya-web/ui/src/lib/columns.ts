// What a column may be said to be, and what the draft took it for.

import type { Choices, DraftedColumn } from './inbox';

/** The usual ones first. */
export const ROLES = [
  'area', 'date', 'substance', 'amount', 'unit', 'place', 'admin', 'agency', 'transport', 'departure', 'destination', 'producing', 'price', 'purity', 'low', 'high', 'definition', 'breakdown', 'vintage', 'ignore',
] as const;
export type Role = (typeof ROLES)[number];

/** What may be the same in every row, where no column says it. */
export const ALWAYS = ['area', 'date', 'substance', 'unit'] as const;

/** The role a drafted column has, in the words of the choices. */
export function roleOf(column: DraftedColumn, said: Choices): Role | 'year' | '' {
  const chosen = said.columns[column.name]?.is;
  if (chosen) return chosen as Role;
  if (column.field === null) return 'ignore';
  if (column.field === '@cell') return 'year';
  const field = column.field === 'value' ? 'amount' : column.field === 'period' ? 'date' : column.field;
  return ROLES.find((role) => role === field) ?? '';
}

/** What every row needs and no column gives. */
export function lacking(columns: DraftedColumn[], said: Choices): (typeof ALWAYS)[number][] {
  const roles = new Set(columns.map((column) => roleOf(column, said)));
  return ALWAYS.filter((field) => !roles.has(field) && !(field === 'date' && roles.has('year')));
}

/** Doubtful columns first, then those read, then those left unread; in the order of the file otherwise. */
export function doubtsFirst(columns: DraftedColumn[]): DraftedColumn[] {
  const rank = (column: DraftedColumn) => (!column.sure ? 0 : column.field === null ? 2 : 1);
  return columns.map((column, i) => ({ column, i })).sort((a, b) => rank(a.column) - rank(b.column) || a.i - b.i).map(({ column }) => column);
}

/** A column said to be something else; said to be what it was taken for, nothing is said. */
export function saying(said: Choices, column: DraftedColumn, is: string, why: string): Choices {
  const columns = { ...said.columns };
  delete columns[column.name];
  if (roleOf(column, { ...said, columns }) !== is) columns[column.name] = { is, why };
  return { ...said, columns };
}

/** The line a problem of a recipe speaks of. */
export function lineOf(place: string): number | null {
  const found = / line (\d+)$/.exec(place);
  return found && Number(found[1]) > 0 ? Number(found[1]) : null;
}
