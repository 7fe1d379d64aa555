// Drawings by the program: what is asked for, what comes, and how the same is made without a browser.

import { asked, get, type Both, type Label, type Question, type SourceRef } from './api';
import { quoted } from './decide';
import type { MapOf } from './frames';

/** A drawing as the program gives it. */
export interface Drawn {
  svg: string;
  width: number;
  height: number;
  /** What a screen reader says. */
  alt: string;
  /** The id of the whole answer. */
  figure: string;
  title: Both;
  unit: Both;
  label: Label | null;
  sources: SourceRef[];
  notes: Both[];
  kind: string;
  years: string[];
  /** Of one map: its frames and their colours. */
  map?: MapOf | null;
}

/** For whom it is drawn. */
export interface Look {
  lang: string;
  theme: string;
  width: number;
}

/** Widths asked for: few, so that a window being drawn wider does not ask at every pixel. */
export function widthFor(pixels: number): number {
  return Math.max(280, Math.min(1400, Math.floor(pixels / 20) * 20));
}

export function draw(question: Question, look: Look, signal?: AbortSignal): Promise<Drawn> {
  return get<Drawn>('chart', { ...question, ...look, format: 'json' }, signal);
}

/** The address of a drawing as a file. */
export function drawnFile(question: Question, look: Look, format: 'svg' | 'png'): string {
  return `/api/v1/chart?${asked({ ...question, ...look, format })}`;
}

/** The address of the numbers behind it. */
export function answerFile(question: Question, lang: string, format: 'csv' | 'xlsx'): string {
  return `/api/v1/query/file?${asked({ ...question, lang, format })}`;
}

/** The command that draws the same. */
export function chartCommand(question: Question, file: string): string {
  const words = ['atalaya', 'chart', String(question.what ?? 'seizures')];
  for (const [key, value] of Object.entries(question)) {
    if (key === 'what' || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    const text = Array.isArray(value) ? value.join(',') : String(value);
    if (text === 'true') words.push(`--${key}`);
    else words.push(`--${key.replaceAll('_', '-')}`, /^[\w.:,-]+$/.test(text) ? text : quoted(text));
  }
  return `${words.join(' ')} > ${file}`;
}

/** How a figure is cited: producer, title, vintage, the figure's id, and the program. */
export function citation(drawn: Drawn, say: (sentence: Both) => string, address: string): string {
  const sources = drawn.sources.map((source) => `${source.producer}, ${say(source.title)} (${source.vintages?.join(', ') ?? source.vintage ?? ''})`);
  return `${say(drawn.title)}. ${sources.join('; ')}. Atalaya, ${drawn.figure}. ${address}`;
}
