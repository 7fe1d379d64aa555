// A decision about held rows: what is sent to the program, and the same as a command.

import type { Decision, HeldRow } from './api';

/** Fields whose texts mean an entry of a register. */
const REGISTERS = ['area', 'producing', 'departure', 'destination', 'substance', 'unit'];

export type Kind = 'map' | 'accept' | 'reject';

/** A decision as a person makes it. */
export interface Ruling {
  kind: Kind;
  /** Whether it is for every row with the same text. */
  all: boolean;
  /** What the text means. */
  to: string;
  why: string;
}

/** What rows a decision is about. */
export type About = Pick<HeldRow, 'rule' | 'field' | 'found'> & { row?: HeldRow };

/** The request of the verb `held`. */
export interface HeldRequest {
  source: string;
  why: string;
  map?: string;
  accept?: string[];
  reject?: string[];
  rule?: string;
  text?: string;
  undo?: number;
  rename?: string;
}

/** The register a field's texts are looked up in; none where a text means a plain value. */
export function registerOf(field: string): string | null {
  return REGISTERS.includes(field) ? field : null;
}

/** Whether a text of this field can be said to mean something. */
export function canMean({ field, found }: About): boolean {
  return /^\w+$/.test(field) && found !== '';
}

/** A row by its number, with the part of the file where there are several. */
export function numberOf(row: HeldRow): string {
  return (row.part ?? 1) > 1 ? `${row.part}:${row.ordinal}` : String(row.ordinal);
}

/** The request that makes a decision. */
export function request(source: string, about: About, ruling: Ruling): HeldRequest {
  const { kind, why } = ruling;
  if (kind === 'map') return { source, why, map: `${about.field}:${about.found}=${ruling.to}` };
  const rows = ruling.all || !about.row ? ['all'] : [numberOf(about.row)];
  const which = rows[0] === 'all' ? { rule: about.rule, text: `${about.field}:${about.found}` } : {};
  return { source, why, [kind]: rows, ...which };
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether a text can be pasted into a terminal: nothing that ends a line or hides what it is. */
function plain(text: string): boolean {
  return !/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(text);
}

/** The command that makes the same decision; none where its text cannot safely be pasted. */
export function command(asked: HeldRequest): string | null {
  const parts = ['atalaya', 'held', asked.source];
  for (const [flag, value] of [['rule', asked.rule], ['text', asked.text], ['map', asked.map]] as const) {
    if (value !== undefined) parts.push(`--${flag}`, quoted(value));
  }
  if (asked.accept) parts.push('--accept', asked.accept.join(','));
  if (asked.reject) parts.push('--reject', asked.reject.join(','));
  parts.push('--why', quoted(asked.why || '…'));
  return /^[\w.-]+$/.test(asked.source) && plain(parts.join(' ')) ? parts.join(' ') : null;
}

/** Which decisions no longer hold. */
export function undone(all: Decision[]): Set<number> {
  return new Set(all.flatMap(({ body }) => (body.kind === 'undo' ? [body.decision] : [])));
}

/** Row numbers as people write them: `3–5, 9`. */
export function runs(ordinals: number[]): string {
  const sorted = ordinals.toSorted((a, b) => a - b);
  const found: [number, number][] = [];
  for (const n of sorted) {
    const last = found.at(-1);
    if (last && n <= last[1] + 1) last[1] = n;
    else found.push([n, n]);
  }
  const some = found.slice(0, 8).map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
  return some.join(', ') + (found.length > some.length ? ', …' : '');
}
