// What the page for loading a file asks of the program, and what it answers.

import { get, send, type Both, type Problem } from './api';

export interface DraftedColumn {
  name: string;
  field: string | null;
  sure: boolean;
  examples: string[];
  why: Both;
}

export interface Doubt {
  place: string;
  found: Both;
  todo: Both;
}

export interface Drafted {
  source: string;
  recipe: string;
  doubts: Doubt[];
  columns: DraftedColumn[];
  rows: number;
}

export interface Fitting {
  id: string;
  title: Both;
  here: boolean;
}

export interface Arrived {
  file: string;
  bytes: number;
  known: Fitting[];
  drafted: Drafted | null;
  problem: Problem | null;
}

/** What a person says about a file; what is left out the draft finds by itself. */
export interface Choices {
  title?: string;
  producer?: string;
  licence?: string;
  tlp?: string;
  kind?: string;
  measure?: string;
  columns: Record<string, { is: string; why: string }>;
  always: Record<string, string>;
}

export interface Shape {
  fits: boolean;
  missing: { field: string; was: string[]; likely: string | null }[];
  new: string[];
}

export interface Counts {
  read: number;
  accepted: number;
  held: number;
  rejected: number;
}

export interface CollectedSource {
  source: string;
  intakes: { id: number; vintage: string; counts: Counts; notices: Both[] }[];
  known: string[];
  unread: Problem[];
  problem: Problem | null;
}

export interface Code {
  id: string;
  label: Both;
  within?: Both;
}

export const inbox = {
  arrive: (file: File) => send<Arrived>('draft', file, { name: file.name }),
  again: (file: string, id: string, said: Choices) => send<Drafted>('draft/again', { file, id, said }),
  keep: (recipe: string, file: string) => send<{ source: string; title: Both }>('recipe', { recipe, file }),
  shape: (source: string, file: string) => get<Shape>('shape', { source, file }),
  load: (source: string, file: string) => send<{ sources: CollectedSource[] }>('load', { source, file }),
  progress: (file: string) => get<{ rows: number | null }>('load', { file }),
  codes: (list: string, find: string, signal?: AbortSignal) => get<Code[]>('codes', { list, find }, signal),
};
