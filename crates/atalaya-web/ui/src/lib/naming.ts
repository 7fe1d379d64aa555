// Codes of an answer as names: what is the same in every line is said once, above them.

import type { Answer } from './api';
import { current, say, t } from './lang.svelte';

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

interface Nameable {
  names: [string, string][];
}

/** The producer where that tells the sources of an answer apart, else the source's own name. */
function shortSource(answer: Answer, id: string): string {
  const producer = answer.sources.find((one) => one.id === id)?.producer;
  const alone = producer !== undefined && answer.sources.filter((one) => one.producer === producer).length === 1;
  return alone ? producer : sourceName(answer, id);
}

const full = (answer: Answer, [dimension, code]: [string, string]) =>
  dimension === 'source' ? shortSource(answer, code) : nameOf(answer, dimension, code);

/** The dimensions in which these differ. */
function differing(all: Nameable[]): Set<string> {
  const first = new Map(all[0]?.names);
  const ids = new Set(all.flatMap((one) => one.names.map(([id]) => id)));
  return new Set([...ids].filter((id) => all.some((one) => (new Map(one.names).get(id) ?? '') !== (first.get(id) ?? ''))));
}

/** A name for each, of what tells them apart; of the source where there is only one. */
export function namesApart(answer: Answer, all: Nameable[]): string[] {
  const apart = differing(all);
  return all.map(({ names }) => {
    const parts = names.filter(([id]) => (apart.size === 0 ? id === 'source' : apart.has(id)));
    return parts.map((part) => full(answer, part)).join(', ') || t('value.value');
  });
}

/** What they share, the source left to the source line. */
export function shared(answer: Answer, all: Nameable[]): string {
  const apart = differing(all);
  const same = all[0]?.names.filter(([id]) => !apart.has(id) && id !== 'source') ?? [];
  return same.map((part) => full(answer, part)).join(' · ');
}

/** The name of a unit, as the answer gives it. */
export function unitOf(answer: Answer, value: string, code: string): string {
  const column = answer.columns.find((one) => one.id === value);
  return (code && nameOf(answer, 'unit', code)) || column?.unit || (column ? say(column.label).toLocaleLowerCase(current()) : '');
}
