// The cases that wait for a person, in the order in which they are asked: lists first, then pairs.

import type { Both } from './api';
import type { Linking, Ruling } from './link';

/** One case: a list loaded twice, or a pair. */
export interface Item {
  id: string;
  kind: 'batch' | 'pair';
  title: Both;
  /** Pairs that one decision settles. */
  pairs: number;
}

export interface Queue {
  readonly items: readonly Item[];
  /** What was decided, by case. */
  readonly ruled: ReadonlyMap<string, Ruling>;
  /** Set aside, in the order in which that happened: asked again at the end. */
  readonly later: readonly string[];
}

export const EMPTY: Queue = { items: [], ruled: new Map(), later: [] };

/** The cases of an answer. A pair of a list that is there is settled with its list. */
export function itemsOf(answer: Pick<Linking, 'batches' | 'pairs'>): Item[] {
  const lists = new Set(answer.batches.map((one) => one.id));
  return [
    ...answer.batches.map(({ id, title, surplus }) => ({ id, kind: 'batch' as const, title, pairs: surplus })),
    ...answer.pairs.filter((one) => one.batch === null || !lists.has(one.batch)).map(({ id, title }) => ({ id, kind: 'pair' as const, title, pairs: 1 })),
  ];
}

/** A queue of an answer; what was set aside before stays so. */
export function queueOf(answer: Pick<Linking, 'batches' | 'pairs'>, later: readonly string[] = []): Queue {
  const items = itemsOf(answer);
  const ruled = new Map([...answer.batches, ...answer.pairs].flatMap(({ id, status }) => (status === 'same' || status === 'apart' ? [[id, status] as const] : [])));
  return { items, ruled, later: later.filter((id) => items.some((one) => one.id === id)) };
}

export function itemOf(queue: Queue, id: string): Item | undefined {
  return queue.items.find((one) => one.id === id);
}

/** Cases without a decision. */
export function waiting(queue: Queue): number {
  return queue.items.filter((one) => !queue.ruled.has(one.id)).length;
}

/** The place of a case, from 1; 0 where it is none of these. */
export function placeOf(queue: Queue, id: string): number {
  return queue.items.findIndex((one) => one.id === id) + 1;
}

/** The case to ask after this one: the next that waits, else one before it, else the first set aside. */
export function after(queue: Queue, id: string): string | undefined {
  const at = queue.items.findIndex((one) => one.id === id);
  const round = [...queue.items.slice(at + 1), ...queue.items.slice(0, Math.max(0, at))].map((one) => one.id).filter((one) => !queue.ruled.has(one));
  const aside = queue.later.filter((one) => one !== id && !queue.ruled.has(one));
  return round.find((one) => !queue.later.includes(one)) ?? aside[0];
}

/** The first case to ask. */
export function first(queue: Queue): string | undefined {
  return after(queue, '');
}

/** The neighbour of a case in the list, decided or not; none beyond its ends. */
export function step(queue: Queue, id: string, by: 1 | -1): string | undefined {
  const at = queue.items.findIndex((one) => one.id === id);
  return at < 0 ? queue.items[0]?.id : queue.items[at + by]?.id;
}

export function rule(queue: Queue, id: string, ruling: Ruling): Queue {
  return { ...queue, ruled: new Map(queue.ruled).set(id, ruling), later: queue.later.filter((one) => one !== id) };
}

/** Takes a decision away: the case waits again. */
export function release(queue: Queue, id: string): Queue {
  const ruled = new Map(queue.ruled);
  ruled.delete(id);
  return { ...queue, ruled };
}

/** Sets a case aside; what is set aside again goes to the end. */
export function putOff(queue: Queue, id: string): Queue {
  return { ...queue, later: [...queue.later.filter((one) => one !== id), id] };
}
