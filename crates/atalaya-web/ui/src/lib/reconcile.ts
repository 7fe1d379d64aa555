// Rival figures side by side: what the API answers, and the few things pages work out of it.

import { get, send, type Both, type Decision, type Label, type Question } from './api';

export const SEVERITIES = ['serious', 'notable', 'minor'] as const;
export type Severity = (typeof SEVERITIES)[number];
export const RULINGS = ['explained', 'error', 'open', 'accepted'] as const;
export type RulingKind = (typeof RULINGS)[number];

export interface Line {
  period: string;
  substance: string;
  substance_name: Both;
  detail: Both;
  source: string;
  title: Both;
  definition: Both;
  vintage: string;
  superseded: boolean;
  cut_off: string | null;
  prepared: string | null;
  value: string;
  low: string;
  high: string;
  missing: string;
  status: string;
  unit: Both;
  basis: Both;
  figure: string | null;
  base: boolean;
  difference: string | null;
  percent: string | null;
  agrees: 'same' | 'rounded' | 'differ' | null;
}

export interface Side {
  source: string;
  definition: Both;
  vintage: string;
  period: string;
  value: string;
  unit: Both;
  basis: Both;
}

export interface Ruling {
  decision: number;
  ruling: RulingKind;
  name: Both;
  why: string;
  who: string;
  when: string;
  holds: boolean;
  then: string | null;
}

export interface Finding {
  id: string;
  check: string;
  name: Both;
  severity: Severity;
  measure: string;
  area: string;
  substance: string;
  period: string;
  about: Both;
  says: Both;
  sides: Side[];
  explanations: Both[];
  ruling: Ruling | null;
}

export interface Tally {
  id: string;
  name: Both;
  asks: Both;
  serious: number;
  notable: number;
  minor: number;
  settled: number;
}

export interface Meeting {
  check: string;
  measure: string;
  what: Both;
  one: Both;
  other: Both;
  shared: number;
  same: number;
  rounded: number;
  differ: number;
}

export interface Estimate {
  about: Both;
  name: Both;
  period: string;
  value: number;
  error: number;
  low: number;
  high: number;
  probability: number;
  doubt: Both | null;
}

export interface Reconciled {
  label: Label | null;
  title: Both;
  never: Both;
  notes: Both[];
  unit: Both;
  lines: Line[];
  lines_left: number;
  bases: [string, Both][];
  estimates: Estimate[];
  checks: Tally[];
  areas: Tally[];
  total: number;
  findings: Finding[];
  meetings: Meeting[];
  decisions: (Omit<Decision, 'body'> & { body: { kind: 'finding'; finding: string; ruling: RulingKind; says: string } })[];
  undone: number[];
}

export interface Entry {
  section: string;
  measure: string;
  what: Both;
  value: string;
  low: string;
  high: string;
  unit: Both;
  source: string;
  title: Both;
  definition: Both;
  vintage: string;
  basis: Both;
}

export interface Account {
  label: Label | null;
  area: string;
  name: Both;
  year: number;
  sections: { id: string; name: Both; entries: Entry[]; rules: { id: string; refused: boolean; says: Both }[] }[];
  records: { source: string; substance: string; name: Both; records: string; kg: string; figure: string }[];
  never: Both;
  notes: Both[];
}

export const ask = (question: Question, signal?: AbortSignal) => get<Reconciled>('reconcile', question, signal);
export const account = (question: Question, signal?: AbortSignal) => get<Account>('reconcile/account', question, signal);
export const rule = (findings: string[], ruling: RulingKind, why: string) => send<{ decisions: Decision[] }>('reconcile/rule', { findings, ruling, why });
export const undo = (decision: number, why: string) => send<{ decisions: Decision[] }>('reconcile/undo', { decision, why });

/** A difference with its sign: the sign of arithmetic, not a hyphen. */
export function signed(text: string, set: (digits: string) => string): string {
  const digits = text.replace(/^-/, '');
  if (/^0(\.0*)?$/.test(digits)) return set(digits);
  return (text.startsWith('-') ? '−' : '+') + set(digits);
}

/** What columns of the table say something. */
export function used(lines: Line[]): Record<'substance' | 'detail' | 'cutOff' | 'prepared' | 'interval' | 'difference' | 'figure', boolean> {
  const some = (says: (line: Line) => unknown) => lines.some((line) => Boolean(says(line)));
  return {
    substance: new Set(lines.map((line) => line.substance)).size > 1,
    detail: some((line) => line.detail.en),
    cutOff: some((line) => line.cut_off),
    prepared: some((line) => line.prepared),
    interval: some((line) => line.low),
    difference: some((line) => line.base || line.difference),
    figure: some((line) => line.figure),
  };
}

/** The command that rules as the page does. */
export function command(finding: string, ruling: RulingKind, why: string): string {
  return `atalaya reconcile rule ${finding} --ruling ${ruling} --why '${why.trim().replaceAll("'", "'\\''")}'`;
}

/** Stated errors as the address keeps them, `source=5%`, by source. */
export function stated(errors: string[]): Map<string, string> {
  return new Map(errors.map((one): [string, string] => [one.slice(0, one.lastIndexOf('=')), one.slice(one.lastIndexOf('=') + 1)]));
}
