// Codes of an answer as names.

import type { Answer } from './api';
import { current, say } from './lang.svelte';

/** The name of a code; a country the program did not name has a name in the browser. */
export function nameOf(answer: Pick<Answer, 'labels'>, dimension: string, code: string): string {
  const known = say(answer.labels[dimension]?.[code]);
  if (known) return known;
  if (dimension === 'area' && /^[A-Z]{2}$/.test(code) && code !== 'XK') return new Intl.DisplayNames(current(), { type: 'region' }).of(code) ?? code;
  return code;
}

export function sourceName(answer: Answer, id: string): string {
  const source = answer.sources.find((one) => one.id === id);
  return say(answer.labels.source?.[id]) || say(source?.title) || id;
}
