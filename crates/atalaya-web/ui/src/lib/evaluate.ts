// Evaluations as the program tells them: designs, findings, their parts and files.

import { asked, get, type Both, type Label, type Problem, type SourceRef } from './api';
import type { Drawn, Look } from './drawn';

export type Verdict = 'improved' | 'worse' | 'no-detectable-change' | 'cannot-tell';
export type Grave = 'fine' | 'unchecked' | 'care' | 'forbids';
export type Ends = [number, number];

export interface Registered {
  decision: number;
  when: string;
  who: string;
  last_period: number | null;
}

/** A design in the list, with what it found where it could be run. */
export interface Line {
  id: string;
  title: Both;
  question: Both;
  programme: Both;
  start: number | null;
  stage: 'draft' | 'registered' | 'changed' | 'unreadable';
  hash: string;
  registered: Registered | null;
  departures: Both[];
  problem: Problem | null;
  found: Found | null;
}

/** What a finding says in a line. */
export interface Found {
  verdict: Verdict;
  word: Both;
  estimate: number;
  interval: Ends | null;
  unit: Both;
  level: number;
  'last-period': number | null;
  sentences: [Both, Both];
  simulated: boolean;
  label: Label | null;
}

export interface Named {
  name: Both;
  estimate: number;
  se: number | null;
  interval: Ends | null;
  p: number | null;
}

export interface Check {
  id: string;
  title: Both;
  grave: Grave;
  found: Both;
  explain: Both;
}

export interface Spill {
  name: Both;
  kind: string;
  effect: Named;
  places: number;
}

export interface Specification {
  choices: Record<string, string>;
  chosen: boolean;
  standardised: number | null;
  effect: Named;
}

export interface Finding {
  id: string;
  hash: string;
  registered: Registered | null;
  departures: Both[];
  effect: {
    estimate: number;
    se: number | null;
    interval: Ends | null;
    anytime: Ends | null;
    p: number | null;
    level: number;
    relative: number | null;
    better: 'lower' | 'higher';
    smallest: number;
    size: { units: number; treated: number; periods: number; before: number; rows: number };
  };
  verdict: Verdict;
  because: Both[];
  sentences: [Both, Both];
  diagnostics: Check[];
  spillovers: Spill[];
  subgroups: Named[];
  specifications: Specification[];
  certificate: [Both, Both][];
  sources: SourceRef[];
  label: Label | null;
  data: string;
  version: string;
}

export interface Entry {
  registered: Registered;
  why: string;
  hash: string;
}

/** One evaluation. */
export interface One {
  line: Line;
  text: string;
  registrations: Entry[];
  finding: Finding | null;
  unit: Both;
  method: { id: string; name: Both; answers: Both; source: string } | null;
  parts: { id: string; name: Both }[];
  files: string[];
}

export const evaluations = (signal?: AbortSignal) => get<{ evaluations: Line[] }>('evaluations', {}, signal);
export const evaluation = (id: string, signal?: AbortSignal) => get<One>('evaluations/one', { id }, signal);
export const drawing = (id: string, what: string, look: Look, signal?: AbortSignal) => get<Drawn>('evaluations/drawing', { id, what, ...look, format: 'json' }, signal);
export const appendixOf = (id: string, lang: string, signal?: AbortSignal) => get<{ id: string; text: string }>('evaluations/appendix', { id, lang }, signal);

/** The address of a drawing as a file. */
export function drawingFile(id: string, what: string, look: Look, format: 'svg' | 'png'): string {
  return `/api/v1/evaluations/drawing?${asked({ id, what, ...look, format })}`;
}

/** The address of a file of the folder, or of the folder whole. */
export function folderFile(id: string, name: string): string {
  return `/api/v1/evaluations/file?${asked({ id, name })}`;
}

/** How a verdict looks: a mark beside its words, for whoever sees no colours. */
export const LOOKS: Record<Verdict, { mark: string; tone: 'good' | 'bad' | 'even' | 'open' }> = {
  improved: { mark: '▲', tone: 'good' },
  worse: { mark: '▼', tone: 'bad' },
  'no-detectable-change': { mark: '=', tone: 'even' },
  'cannot-tell': { mark: '?', tone: 'open' },
};

/** Checks by how grave they are, the gravest first; otherwise as they came. */
export function gravest(checks: Check[]): Check[] {
  const order: Grave[] = ['forbids', 'care', 'unchecked', 'fine'];
  return order.flatMap((grave) => checks.filter((check) => check.grave === grave));
}

/** An estimate as one reads it: three digits that count. */
export function estimate(value: number, lang: string): string {
  if (!Number.isFinite(value)) return '–';
  const text = new Intl.NumberFormat(lang === 'es' ? 'es' : 'en', { maximumSignificantDigits: Math.abs(value) >= 1000 ? Math.floor(Math.log10(Math.abs(value))) + 1 : 3, useGrouping: 'always' }).formatToParts(value);
  return text.map((part) => (part.type === 'group' && lang === 'es' ? '\u202f' : part.type === 'minusSign' ? '−' : part.value)).join('');
}
