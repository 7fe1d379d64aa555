// What a page shows when the address does not say.

import type { Facet, Facets, Source } from './api';

export interface Option {
  id: string;
  name: string;
}

/** The wanted one if it is among those there are, else the first. */
export function among<T extends { id: string }>(all: T[], wanted: string): T | undefined {
  return all.find((one) => one.id === wanted) ?? all[0];
}

export function sourceOptions(sources: Source[], say: (title: Source['title']) => string): Option[] {
  return sources.map((source) => ({ id: source.id, name: say(source.title) || source.id }));
}

/** Countries first, then their parts, each by name and with the code where a name is not alone. */
export function areaOptions(areas: Facet[], say: (title: Facet['label']) => string, lang: string): Option[] {
  const named = areas.map((area) => ({ id: area.id, name: say(area.label) || area.id }));
  const times = new Map<string, number>();
  for (const { name } of named) times.set(name, (times.get(name) ?? 0) + 1);
  const country = (id: string) => (/^[A-Z]{2}$/.test(id) ? 0 : 1);
  return named
    .map(({ id, name }) => ({ id, name: times.get(name) === 1 ? name : `${name} (${id})` }))
    .sort((a, b) => country(a.id) - country(b.id) || a.name.localeCompare(b.name, lang));
}

export function facetOptions(facets: Facet[], say: (title: Facet['label']) => string): Option[] {
  return facets.map((facet) => ({ id: facet.id, name: say(facet.label) || facet.id }));
}

/** Whether a question counts records; every other asks for published series. */
export function isRecords(what: string | undefined): boolean {
  return what === 'seizures';
}

/** What of seizures is drawn: as every source reports them, or each event once. */
export type Counting = 'records' | 'events';

/** The column of an answer that is drawn. */
export function drawnOf(what: string | undefined, value: string, count: string): 'records' | 'events' | 'kg' | 'kg_unique' | 'value' {
  if (!isRecords(what)) return 'value';
  const once = count === 'events';
  return value === 'kg' ? (once ? 'kg_unique' : 'kg') : once ? 'events' : 'records';
}

/** What to ask about: the wanted, else the first that the wanted sources can answer. */
export function whatFor(facets: Facets, wanted: string, wantedSources: string[], sources: Source[]): Facet | undefined {
  const tables = new Set(sources.filter(({ id }) => wantedSources.includes(id)).map(({ table }) => table));
  const answers = (what: Facet) =>
    wantedSources.length === 0 || (what.sources ? what.sources.some((id) => wantedSources.includes(id)) : tables.has(isRecords(what.id) ? 'records' : 'observations'));
  return facets.what.find((what) => what.id === wanted) ?? facets.what.find(answers) ?? facets.what[0];
}
