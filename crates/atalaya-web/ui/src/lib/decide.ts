// The command that decides about a held row. The page never decides: the log wants a name and a reason.

import type { HeldRow } from './api';

const TO: Record<string, string> = { 'unknown-area': 'CODE', 'unknown-substance': 'ID', 'unknown-unit': 'ID' };

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether a text can be pasted into a terminal as `FIELD:FOUND=CODE`: nothing that ends a line, hides or divides it. */
function plain(text: string): boolean {
  return text !== '' && !/[=\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(text);
}

/** The commands that settle a row, best first. A rejected row is settled already. */
export function commands(source: string, row: HeldRow): string[] {
  if (row.status !== 'held' || !/^[\w.-]+$/.test(source)) return [];
  const why = `--why '…'`;
  const out: string[] = [];
  const to = TO[row.rule];
  if (to !== undefined && /^\w+$/.test(row.field) && plain(row.found)) out.push(`atalaya held ${source} --map ${quoted(`${row.field}:${row.found}=${to}`)} ${why}`);
  const number = (row.part ?? 1) > 1 ? `${row.part}:${row.ordinal}` : String(row.ordinal);
  out.push(`atalaya held ${source} --accept ${number} ${why}`, `atalaya held ${source} --reject ${number} ${why}`);
  return out;
}
