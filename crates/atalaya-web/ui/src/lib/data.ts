// Tables, what changed, key series and one figure: the endpoints of the first page and of Data.

import { get, type Both, type Changed, type Column, type Label, type Labels, type Problem, type Question, type SourceRef } from './api';

export type TableName = 'observations' | 'records' | 'vintages' | 'revisions';

export interface TableColumn {
  id: string;
  label: Both;
  kind: 'text' | 'code' | 'words' | 'date' | 'count' | 'decimal' | 'figure';
  unit: string;
  facet: boolean;
  usual: boolean;
}

export interface Counted {
  value: string;
  label: Both;
  count: number;
}

export interface FacetOf {
  column: string;
  label: Both;
  distinct: number;
  values: Counted[];
}

export interface Withheld {
  source: string;
  title: Both;
  why: Both;
}

export interface TablePage {
  table: TableName;
  snapshot: string;
  label: Label | null;
  sources: SourceRef[];
  columns: TableColumn[];
  shown: string[];
  sort: string;
  where: string[];
  total: number;
  all: number;
  rows: (string | null)[][];
  labels: Labels;
  facets: FacetOf[];
  withheld: Withheld[];
}

export interface Moment {
  intake: number;
  at: string;
  source: string;
  vintage: string;
}

export interface NewVintage {
  source: string;
  title: Both;
  intake: number;
  vintage: string;
  collected_at: string;
  read: number;
  accepted: number;
  held: number;
  rejected: number;
  again: boolean;
  changed: Changed | null;
}

export interface RevisedCell {
  source: string;
  measure: Both;
  area: string;
  name: Both;
  substance: Both;
  period: string;
  unit: Both;
  before: string;
  now: string;
  percent: string | null;
  vintage_before: string;
  vintage: string;
}

export interface Waiting {
  source: string;
  title: Both;
  held: number;
  overdue: Both | null;
}

export interface WhatChanged {
  snapshot: string;
  since: number;
  now: number;
  moments: Moment[];
  vintages: NewVintage[];
  revised: number;
  largest: RevisedCell[];
  held: Waiting[];
  overdue: Waiting[];
}

export interface KeyPoint {
  period: string;
  value: string | null;
  low: string | null;
  high: string | null;
  missing: string;
  status: string;
  figure: string;
}

export interface KeySeries {
  ask: string;
  what: string;
  area: string;
  substance: string;
  title: Both;
  place: Both;
  definition: Both;
  unit: Both;
  points: KeyPoint[];
  rivals: number;
  source: SourceRef | null;
  label: Label | null;
  snapshot: string;
}

export interface KeyPage {
  chosen: boolean;
  series: KeySeries[];
  problems: Problem[];
}

export type FigureValue = Record<string, string | number | null | undefined>;

export interface InVintage {
  intake: number;
  source: string;
  vintage: string;
  collected_at: string;
  cut_off: string | null;
  prepared: string | null;
  value: FigureValue;
}

export interface FigurePage {
  figure: string;
  title: Both;
  asked: { dim: string; label: Both; code: string; name: Both }[];
  query: { what: string };
  value: FigureValue;
  unit: Both;
  snapshot: string;
  as_of: number;
  /** The link decisions its events rest on. */
  rests_on?: { decision: number; when: string; who: string; why: string; title: Both }[];
  sources: SourceRef[];
  label: Label | null;
  may_see: Both[];
  behind: { total: number | null; columns: Column[]; rows: (string | null)[][]; labels: Labels };
  withheld: Withheld[];
  vintages: InVintage[];
  today: { figure: string; value: FigureValue; differs: boolean } | null;
  cite: Both;
  notes: Both[];
}

export const data = {
  table: (question: Question, signal?: AbortSignal) => get<TablePage>('table', question, signal),
  changes: (since: string, signal?: AbortSignal) => get<WhatChanged>('changes', { since }, signal),
  key: (signal?: AbortSignal) => get<KeyPage>('key', {}, signal),
  figure: (id: string, offset: number, limit: number, signal?: AbortSignal) => get<FigurePage>('figure', { id, offset, limit }, signal),
};
