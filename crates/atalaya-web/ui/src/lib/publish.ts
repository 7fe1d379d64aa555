// Bulletins: what there is, and making them.

import { get, send, type Both, type Label, type Problem } from './api';

export interface Made {
  name: string;
  mime: string;
  lang: 'en' | 'es' | null;
  bytes: number;
  sha256: string;
}

export interface Manifest {
  id: string;
  title: Both;
  issue: string;
  draft: boolean;
  approved: { by: string; on: string; reason: string } | null;
  prepared: string;
  'cut-off': string | null;
  snapshot: string;
  files: Made[];
  figures: unknown[];
}

export interface Listed {
  id: string;
  title: Both;
  languages: ('en' | 'es')[];
  approved: boolean;
  why: Both[];
  problem: Problem | null;
  published: Manifest | null;
}

export interface Outcome {
  did: 'made';
  manifest: Manifest;
  why: Both[];
  /** Numbers that moved since the last edition. */
  moved: { question: Both; was: string; now: string; percent: string | null }[];
  /** Numbers typed by hand, that nothing checks. */
  typed: { file: string; line: number; text: string }[];
}

/** National tables as they were written; `file` is the folder below published/ and the name. */
export interface Tables {
  file: string;
  modules: { module: string; filled: number; absent: number; rivals: number; blank: number }[];
  changes: { cell: string; what: Both; drug: Both; period: string; before: string; now: string; percent: string | null; since: Both; source: string }[];
  threshold: number;
  label: Label | null;
  collect_as: string;
}

/** The static site as it was written. */
export interface SiteOut {
  folder: string;
  files: number;
  pages: number;
  bytes: number;
  audience: string;
}

export const publish = {
  bulletins: (signal?: AbortSignal) => get<{ bulletins: Listed[] }>('bulletins', {}, signal),
  start: (id: string) => send<unknown>('publish/bulletin', { id, new: true }),
  check: (id: string) => send<Outcome>('publish/bulletin', { id, check: true }),
  tables: (area: string, year: string) => send<Tables>('publish/tables', { area, year }),
  site: (tlp: string) => send<SiteOut>('publish/site', { tlp }),
  make: (id: string, languages: string[]) => send<Outcome>('publish/bulletin', { id, languages }),
};

/** The address of a published file. */
export function fileOf(id: string, name: string): string {
  return `/api/v1/published/${encodeURIComponent(id)}/${encodeURIComponent(name)}`;
}

/** The files people open: PDF first, then pages, by language. */
export function readable(files: Made[]): Made[] {
  const rank = ({ mime }: Made) => (mime.startsWith('application/pdf') ? 0 : mime.startsWith('text/html') ? 1 : 9);
  return files.filter((file) => rank(file) < 9).toSorted((a, b) => rank(a) - rank(b) || (a.lang ?? '').localeCompare(b.lang ?? ''));
}

/** A bulletin's id names its folder. */
export function idFrom(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);
}
