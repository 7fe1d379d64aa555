// Where designs and compacts stand, what turned, and a compact's page: the endpoints of Assess.

import { get, type Both, type Label, type Problem, type SourceRef } from './api';

export type VerdictId = 'improved' | 'worse' | 'no-detectable-change' | 'cannot-tell';
export type StandingId = 'reached' | 'towards' | 'unchanged' | 'away' | 'cannot-tell';

export interface Effect {
  estimate: number;
  interval: [number, number] | null;
  anytime: [number, number] | null;
  level: number;
}

export interface Flip {
  from: VerdictId;
  to: VerdictId;
  causes: string[];
  says: Both;
}

export interface DesignStanding {
  id: string;
  title: Both;
  question: Both;
  stage: string;
  runs: number;
  looks: number;
  last: { when: string; verdict: VerdictId; naive: VerdictId; says: Both[]; effect: Effect | null; 'last-period': number | null; problem: Problem | null } | null;
  flips: { when: string; flip: Flip }[];
}

export interface CompactLine {
  id: string;
  title: Both;
  parties: string[];
  promises: number;
  review: string | null;
  problem: Problem | null;
}

export interface Standings {
  last_run: string | null;
  designs: DesignStanding[];
  compacts: CompactLine[];
}

export interface Alert {
  day: string;
  kind: 'flip' | 'indicator' | 'overdue' | 'review' | 'problem';
  of: 'design' | 'compact';
  id: string;
  title: Both;
  says: Both;
}

export interface Point {
  period: string;
  value: string;
  figure: string;
}

export interface Measured {
  title: Both;
  place: Both;
  unit: Both;
  baseline: Point | null;
  newest: Point | null;
  target: string;
  standing: StandingId;
  source: SourceRef | null;
}

export type ChangedLine =
  | { kind: 'indicator'; promise: string; what: Both; measured: Measured; turn: { says: Both } | null; says: Both }
  | { kind: 'design'; design: DesignStanding; flip: Flip | null };

export interface CompactPage {
  id: string;
  title: Both;
  note: Both | null;
  parties: string[];
  agreed: string;
  reviews: { day: string; past: boolean }[];
  promised: { id: string; by: string; what: Both; due: string; past: boolean; kind: 'outcome' | 'output' | 'none' }[];
  done: { promise: string; what: Both; done: string | null; planned: string; unit: Both; source: Both; as_of: string | null; unknown: Both | null }[];
  changed: ChangedLine[];
  cannot_tell: { id: string; what: Both; why: Both }[];
  assessed: string | null;
  label: Label;
}

export const assess = {
  standings: (signal: AbortSignal) => get<Standings>('assess', {}, signal),
  alerts: (signal: AbortSignal) => get<{ alerts: Alert[] }>('assess/alerts', {}, signal),
  compact: (id: string, signal: AbortSignal) => get<CompactPage>('assess/compact', { id }, signal),
};
