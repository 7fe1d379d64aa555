// The pages of cases, the next one asked for ahead so that it opens at once.

import { linking, type BatchPage, type PairPage } from './link';

export type CasePage = PairPage | BatchPage;

const MOST = 12;
const kept = new Map<string, Promise<CasePage>>();

export const isBatch = (id: string) => id.startsWith('b-');

function ask(id: string): Promise<CasePage> {
  const answer: Promise<CasePage> = isBatch(id) ? linking.batch(id) : linking.pair(id);
  kept.set(id, answer);
  // What failed is asked for again.
  answer.catch(() => kept.delete(id));
  for (const old of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST))) kept.delete(old);
  return answer;
}

/** The page of a case, perhaps on its way already. */
export function caseOf(id: string): Promise<CasePage> {
  return kept.get(id) ?? ask(id);
}

/** A decision changed what is known of cases. */
export function forget(): void {
  kept.clear();
}
