// Routes between places, as the program tells them: the atlas, its drawings, a country in sentences.

import { asked, get, type Both, type Label, type Labels, type Question, type SourceRef } from './api';
import { quoted } from './decide';
import type { Drawn, Look } from './drawn';

/** 5, 50 and 95 %. */
export type Band = [number, number, number];

export interface Edge {
  from: string;
  to: string;
  records: number;
  effective: number;
  recorded_kg: string;
  without_mass: number;
  flow: Band | null;
  top_ten: number | null;
  by_year: { records: number; recorded_kg: string; flow: Band | null }[];
  figure?: string;
}

export interface Place {
  code: string;
  name: Both;
  middle: [number, number] | null;
  producer: boolean;
}

export interface Trust {
  reporter_held_out: [number, number];
  reporters: number;
  year_held_out: [number, number];
  years: number;
  seen: number;
  at_least: number;
  unknown_share: number;
  thin: number;
}

/** What every answer about routes carries. */
interface Told {
  method: 'joint' | 'published' | 'observed';
  years: number[];
  figure: string;
  snapshot: string;
  label: Label | null;
  sources: SourceRef[];
  notes: Both[];
}

export interface Atlas extends Told {
  title: Both;
  group: string;
  unit: 'kg' | 'unit';
  places: Place[];
  edges: Edge[];
  unknown: { records: number; kg: string; unlinked: number; unlinked_kg: string; share: number; set_aside: number };
  trust: Trust | null;
}

export interface Country extends Told {
  area: string;
  name: Both;
  group_name: Both;
  unit: Both;
  parts: { id: string; head: Both; text: Both[] }[];
  comes_from: Edge[];
  goes_to: Edge[];
  names: Record<string, Both>;
  balance: object | null;
}

export interface RecordsOf {
  total: number;
  columns: string[];
  rows: (string | null)[][];
  labels: Labels;
}

export const METHODS = ['joint', 'published', 'observed'] as const;
export const WHATS = ['map', 'sankey'] as const;
/** Below so many effective records a link rests on next to nothing. */
export const FIRM = 5;

export const routes = {
  atlas: (question: Question, signal?: AbortSignal) => get<Atlas>('routes', question, signal),
  drawing: (question: Question, look: Look, signal?: AbortSignal) => get<Drawn>('routes/drawing', { ...question, ...look, format: 'json' }, signal),
  country: (question: Question, signal?: AbortSignal) => get<Country>('routes/country', question, signal),
  records: (question: Question, signal?: AbortSignal) => get<RecordsOf>('routes/records', question, signal),
};

/** The address of a drawing, or of the links behind it, as a file. */
export function drawingFile(question: Question, look: Look, format: 'svg' | 'png' | 'csv'): string {
  return `/api/v1/routes/drawing?${asked({ ...question, ...look, format })}`;
}

/** The command that draws the same, or says the same. */
export function routesCommand(verb: 'draw' | 'country', question: Question, file = ''): string {
  const words = ['atalaya', 'routes', verb];
  if (verb === 'country') words.push(String(question.area ?? ''));
  for (const [key, value] of Object.entries(question)) {
    if (value === undefined || value === '' || (verb === 'country' && key === 'area')) continue;
    const text = String(value);
    words.push(`--${key.replaceAll('_', '-')}`, /^[\w.:,-]+$/.test(text) ? text : quoted(text));
  }
  return words.join(' ') + (file && ` -o ${file}`);
}

/** `PE>ES`, the two ends of a link. */
export function ends(link: string): [string, string] | undefined {
  const [from, to, more] = link.split('>');
  return from && to && more === undefined ? [from, to] : undefined;
}

/** A link by its two ends. */
export function edgeOf(edges: Edge[], link: string): Edge | undefined {
  return edges.find((edge) => `${edge.from}>${edge.to}` === link);
}

/** Three digits: an estimate has no more. */
export function three(value: number): number {
  return value === 0 || !Number.isFinite(value) ? 0 : Number(value.toPrecision(3));
}
