// The address is the state: `#/series?what=coca-area&area=PE`. Every view has its own link.

import { asked, type Question } from './api';

/** The pages, by the group of the menu they stand in. A new page is one word here and one line in App's table. */
export const GROUPS = [
  { id: 'home', pages: ['home'] },
  { id: 'collect', pages: ['sources', 'collect', 'held'] },
  { id: 'data', pages: ['observations', 'records', 'vintages', 'revisions', 'coverage'] },
  { id: 'link', pages: ['link'] },
  { id: 'series', pages: ['series'] },
  { id: 'reconcile', pages: ['reconcile', 'national'] },
  { id: 'map', pages: ['map'] },
  { id: 'routes', pages: ['routes', 'country'] },
  { id: 'evaluate', pages: ['evaluations', 'assess'] },
  { id: 'publish', pages: ['publish'] },
] as const;

/** Pages that no menu lists, by the group they belong to: a link leads there. */
export const ASIDE = { figure: 'data', evaluation: 'evaluate', compact: 'evaluate', unknown: 'home' } as const;

export type Group = (typeof GROUPS)[number];
export type Listed = Group['pages'][number];
export type Page = Listed | keyof typeof ASIDE;

const LISTED: readonly Listed[] = GROUPS.flatMap((group) => [...group.pages]);
const PAGES: readonly Page[] = [...LISTED, ...(Object.keys(ASIDE) as (keyof typeof ASIDE)[])];

export interface Route {
  page: Page;
  params: URLSearchParams;
}

/** Reads a hash. Without a path it is the first page; what names no page is said to be unknown. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const params = new URLSearchParams(query);
  // A country's page can be said aloud: `#/routes/PE`.
  const country = /^routes\/([\w:-]+)$/.exec(path)?.[1];
  if (country && !params.has('area')) params.set('area', country.toUpperCase());
  const page = path === '' ? 'home' : country ? 'country' : (PAGES.find((one) => one === path) ?? 'unknown');
  return { page, params };
}

/** The group of the menu a page stands in. */
export function groupOf(page: Page): Group {
  const id = page in ASIDE ? ASIDE[page as keyof typeof ASIDE] : GROUPS.find(({ pages }) => pages.some((one) => one === page))?.id;
  return GROUPS.find((group) => group.id === id) ?? GROUPS[0];
}

/** The link to a page. */
export function link(page: Page, question: Question = {}): string {
  const query = asked(question);
  return `#/${page}${query && `?${query}`}`;
}

let route = $state.raw<Route>(parse(location.hash));
addEventListener('hashchange', () => (route = parse(location.hash)));
// Steps back and forth over views that were set without a new page.
addEventListener('popstate', () => (route = parse(location.hash)));

export function here(): Route {
  return route;
}

export function param(name: string): string {
  return route.params.get(name) ?? '';
}

/** What one page is asked: while it gives way to another, its own last question stands. */
export function paramOf(page: Page, name: string): () => string {
  let last = '';
  return () => (route.page === page ? (last = param(name)) : last);
}

export function params(name: string): string[] {
  return route.params.getAll(name);
}

/** The address of the view, some of it changed. */
export function changed(changes: Question): string {
  const next = new URLSearchParams(route.params);
  for (const [key, value] of Object.entries(changes)) {
    next.delete(key);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') next.append(key, String(one));
    }
  }
  const query = next.toString();
  return `#/${route.page}${query && `?${query}`}`;
}

/** Changes some of what the address says; `replace` for a slider, which should not fill the history. */
export function set(changes: Question, replace = false): void {
  const hash = changed(changes);
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  route = parse(hash);
}
