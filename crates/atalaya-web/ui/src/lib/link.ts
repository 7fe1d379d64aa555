// From records to events: what the program proposes and what people decided, as `/api/v1/link` states it.

import { get, send, type Both, type Question } from './api';

export type Ruling = 'same' | 'apart';
export type Standing = 'open' | Ruling;
export type Relation = 'reported-twice' | 'parcels' | 'cross-country';
export type Agree = 'same' | 'close' | 'different' | 'one-absent' | 'both-absent';

/** Where a record stands: the row of a file. */
export interface RowAt {
  source: string;
  file: string;
  member: number;
  ordinal: number;
}

/** Two records that may report one event. */
export interface Pair {
  id: string;
  batch: string | null;
  relation: Relation;
  probability: number;
  bits: number;
  status: Standing;
  decision: number | null;
  title: Both;
  a: RowAt;
  b: RowAt;
}

/** A list that seems to have been loaded twice: one decision for all its pairs. */
export interface Batch {
  id: string;
  kind: string;
  title: Both;
  reason: Both;
  sources: string[];
  areas: string[];
  from: string;
  to: string;
  rows: number;
  surplus: number;
  status: Standing | 'partly';
  decision: number | null;
}

export interface Estimate {
  best: number;
  low: number;
  high: number;
}

/** What was counted: every record, and every event once. */
export interface Totals {
  records: number;
  events: number;
}

export interface Linking extends Totals {
  engine: string;
  credit: number;
  doubles: Estimate;
  snapshot: string;
  /** Parcels of one event, each reported once, are shown with the pairs and are not proposed. */
  waiting: { batches: number; pairs: number; parcels: number };
  decided: { same: number; apart: number };
  batches: Batch[];
  pairs: Pair[];
  total: number;
}

export interface FieldOf {
  field: string;
  label: Both;
  a: string | null;
  b: string | null;
  agree: Agree;
  note: Both | null;
}

export interface Step {
  comparison: Both;
  level: Both;
  bits: number;
}

/** A score taken apart, in bits: what was believed before, and what each comparison added. */
export interface Waterfall {
  prior: number;
  steps: Step[];
  bits: number;
  probability: number;
}

export interface Past {
  decision: number;
  who: string;
  when: string;
  why: string;
  ruling: Ruling | 'undone';
}

export interface PairPage extends Pair {
  fields: FieldOf[];
  waterfall: Waterfall;
  beside: string[];
  history: Past[];
}

export interface BatchPage extends Batch {
  pairs: Pair[];
  differs: { field: string; label: Both; share: number }[];
  history: Past[];
}

export interface Decided extends Totals {
  decisions: number[];
}

export interface LinkDecision {
  id: number;
  when: string;
  who: string;
  why: string;
  ruling: Ruling | 'undone';
  scope: 'batch' | 'pair' | 'band' | 'hand';
  title: Both;
  pairs: number;
  undone_by: number | null;
}

/** A ruling that does not hold as the records now stand. */
export interface ToDecideAgain {
  decision: number;
  ruling: Ruling;
  why: Both;
  records: { source: string; ordinal: number; lost: boolean; changes: [string, string, string][] }[];
  against: number[];
}

export interface LinkDecisions {
  decisions: LinkDecision[];
  total: number;
  again: ToDecideAgain[];
}

export const linking = {
  list: (question: Question, signal?: AbortSignal) => get<Linking>('link', question, signal),
  pair: (id: string, signal?: AbortSignal) => get<PairPage>('link/pair', { id }, signal),
  batch: (id: string, signal?: AbortSignal) => get<BatchPage>('link/batch', { id }, signal),
  decisions: (question: Question, signal?: AbortSignal) => get<LinkDecisions>('link/decisions', question, signal),
  decide: (ids: string[], ruling: Ruling, why: string) => send<Decided>('link/decide', { ids, ruling, why }),
  undo: (decision: number, why: string) => send<Decided>('link/undo', { decision, why }),
};
