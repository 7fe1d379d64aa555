// The HTTP API of `atalaya serve`, as docs/api.md states it: types, and one function an endpoint.

import type { HeldRequest } from './decide';

/** A sentence in both languages. */
export interface Both {
  en: string;
  es: string;
}

/** Why something could not be done: where, what was found, what to do. */
export interface Problem {
  id: string;
  place: string;
  found: Both;
  todo: Both;
}

export interface Label {
  tlp: string;
  purpose: string;
  recipients: string[];
  rows: string;
}

export interface FileRef {
  name: string;
  member?: string;
  sha256: string;
  bytes?: number;
  rows?: number;
}

export interface Changed {
  added: number;
  removed: number;
  revised: number;
  same: number;
}

export interface Vintage {
  intake: number;
  vintage: string;
  current: boolean;
  collected_at: string;
  cut_off: string | null;
  prepared: string | null;
  read: number;
  accepted: number;
  held: number;
  rejected: number;
  items: number;
  root: string;
  recipe: string;
  files: FileRef[];
  notices: Both[];
  changed: Changed | null;
}

export interface Source {
  id: string;
  title: Both;
  producer: string;
  licence: string;
  url: string;
  table: 'records' | 'purchases' | 'observations';
  label: Label;
  simulated: boolean;
  overdue: Both | null;
  new_files?: number;
  read: number;
  accepted: number;
  held: number;
  rejected: number;
  items: number;
  first_period: string | null;
  last_period: string | null;
  areas: number;
  vintages: Vintage[];
}

export interface Status {
  observatory: string;
  program: string;
  snapshot: string;
  /** Said to the observatory's own desks only. */
  store_bytes: number | null;
  /** Absent where it was not checked. */
  integrity: { ok: boolean; checked: number; problems: Problem[] } | null;
  sources: Source[];
  /** Records in force, the events they report, and link decisions to be made again. */
  records?: number;
  events?: number;
  again?: number;
}

/** An area by its code; the contract calls it code and name, the lists of choices id and label. */
export type AreaRef = { code: string; name: Both } | { id: string; label: Both };

export interface Coverage {
  source: string;
  areas: AreaRef[];
  years: number[];
  cells: (number | null)[][];
}

export interface RuleCount {
  rule: string;
  action: 'hold' | 'reject' | 'flag';
  count: number;
  title: Both;
  todo: Both;
}

export interface HeldRow {
  intake: number;
  file: string;
  /** Which of the intake's files, from 1. */
  part?: number;
  ordinal: number;
  line: number;
  cell: number;
  status: string;
  rule: string;
  field: string;
  found: string;
  detail: string;
  raw: [string, string][];
}

export interface Held {
  source: string;
  read: number;
  accepted: number;
  held: number;
  rejected: number;
  total: number;
  by_rule: RuleCount[];
  /** Rows that wait, by what stood there. */
  texts?: TextCount[];
  rows: HeldRow[];
  /** What was decided just now. */
  decided?: Decision[];
  /** All decisions about the source, where they were asked for. */
  decisions?: Decision[];
}

export interface TextCount {
  rule: string;
  field: string;
  found: string;
  count: number;
}

export type DecisionBody =
  | { kind: 'map'; field: string; found: string; to: string }
  | { kind: 'accept' | 'reject'; file: string; member: number; ordinals: number[] }
  | { kind: 'rename'; field: string; column: string }
  | { kind: 'undo'; decision: number };

export interface Decision {
  id: number;
  decided_at: string;
  who: string;
  why: string;
  source: string;
  body: DecisionBody;
}

export interface SourceRef {
  id: string;
  title: Both;
  producer: string;
  licence: string;
  /** Those used, where several are in force at once. */
  vintages?: string[];
  vintage?: string;
  cut_off: string | null;
  prepared: string | null;
  simulated: boolean;
}

export interface Column {
  id: string;
  label: Both;
  kind: 'text' | 'number' | 'decimal' | 'count' | 'figure';
  unit: string;
}

export type Cell = string | number | null;
export type Row = Record<string, Cell | undefined>;
export type Labels = Record<string, Record<string, Both>>;

export interface Answer {
  title: Both;
  snapshot: string;
  /** Absent where nothing answers. */
  label: Label | null;
  sources: SourceRef[];
  columns: Column[];
  rows: Row[];
  labels: Labels;
  notes: Both[];
  /** Of records: every report, and every event once. */
  totals?: { records: number; events: number };
}

export interface Records {
  total: number;
  columns: string[];
  rows: (string | null)[][];
  labels: Labels;
}

export interface Facet {
  id: string;
  label: Both;
  count?: number;
  /** For what can be asked: the sources that answer it. */
  sources?: string[];
}

export interface Facets {
  what: Facet[];
  areas: Facet[];
  substances: Facet[];
  sources: Facet[];
  years: number[];
}

export interface Verification {
  figure: string;
  verified: boolean;
  value: Record<string, Cell>;
  checks: { name: Both; ok: boolean; detail: string }[];
  rows?: number;
}

/** What a question may say; a list becomes a repeated parameter. */
export type Question = Record<string, string | number | string[] | undefined>;

/** A failed call: what the program answered, or `null` when it did not answer at all. */
export class Failure extends Error {
  readonly problem: Problem | null;

  constructor(problem: Problem | null) {
    super(problem?.id ?? 'offline');
    this.problem = problem;
  }
}

/** `a=1&b=x&b=y`, without what is empty. */
export function asked(question: Question): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(question)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') query.append(key, String(one));
    }
  }
  return query.toString();
}

export async function get<T>(path: string, question: Question, signal?: AbortSignal): Promise<T> {
  return call<T>(path, question, { signal });
}

/** Who is signed in, and what may be seen. */
export interface Me {
  /** Whether one must sign in at all. */
  accounts: boolean;
  signed_in: boolean;
  name: string | null;
  role: 'reader' | 'analyst' | 'releaser' | 'admin' | null;
  clearance: { tlp: string; inside: boolean; recipients: string[] } | null;
  /** What a request that changes something must carry. */
  token: string | null;
}

let me: Promise<Me> | undefined;

/** Asked once; `again` after signing in or out. */
export function whoAmI(again = false): Promise<Me> {
  if (again) me = undefined;
  me ??= get<Me>('me', {}).catch((error: unknown) => {
    me = undefined;
    throw error;
  });
  return me;
}

/** The one way by which pages change anything: JSON, or a file as it is. */
export async function send<T>(path: string, body: unknown, question: Question = {}, signal?: AbortSignal): Promise<T> {
  const file = body instanceof Blob;
  const headers: Record<string, string> = { 'Content-Type': file ? 'application/octet-stream' : 'application/json' };
  const { token } = await whoAmI();
  if (token) headers['X-Atalaya-Token'] = token;
  return call<T>(path, question, { method: 'POST', signal, body: file ? body : JSON.stringify(body), headers });
}

let signedOut = (): void => undefined;

/** Called when the program says that nobody is signed in. */
export function whenSignedOut(then: () => void): void {
  signedOut = then;
}

async function call<T>(path: string, question: Question, init: RequestInit): Promise<T> {
  const query = asked(question);
  const { signal } = init;
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}${query && `?${query}`}`, { ...init, headers: { Accept: 'application/json', ...init.headers } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(null);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  if (isProblem(body) && body.id === 'sign-in') {
    me = undefined;
    signedOut();
  }
  throw new Failure(isProblem(body) ? body : unreadable(path, response.status));
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'found' in body && 'todo' in body;
}

function unreadable(place: string, status: number): Problem {
  const found = { en: `the program answered ${status} without a reason`, es: `el programa respondió ${status} sin dar un motivo` };
  const todo = { en: 'see what `atalaya serve` printed', es: 'vea lo que imprimió `atalaya serve`' };
  return { id: 'no-reason', place, found, todo };
}

export const api = {
  login: async (name: string, password: string) => {
    const answer = await send<Me>('login', { name, password });
    me = Promise.resolve(answer);
    return answer;
  },
  logout: () => send<unknown>('logout', {}).finally(() => (me = undefined)),
  /** What is held; without the check of every raw file, which takes its time. */
  status: (signal?: AbortSignal) => get<Status>('status', { quick: 1 }, signal),
  /** What is held, every raw file read again. */
  checked: (signal?: AbortSignal) => get<Status>('status', {}, signal),
  facets: (signal?: AbortSignal) => get<Facets>('facets', {}, signal),
  coverage: (source: string, signal?: AbortSignal) => get<Coverage>('coverage', { source }, signal),
  decide: (ruling: HeldRequest) => send<Held>('held', ruling),
  held: (question: Question, signal?: AbortSignal) => get<Held>('held', question, signal),
  query: (question: Question, signal?: AbortSignal) => get<Answer>('query', question, signal),
  records: (question: Question, signal?: AbortSignal) => get<Records>('records', question, signal),
  verify: (figure: string, signal?: AbortSignal) => get<Verification>('verify', { figure }, signal),
};
