// The address is the state: `#/series?what=coca-area&area=PE`. Every view has its own link.

import { asked, type Question } from './api';

export const PAGES = ['sources', 'coverage', 'held', 'series', 'map', 'records'] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  page: Page;
  params: URLSearchParams;
}

/** Reads a hash; what names no page is the first page. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const page = PAGES.find((one) => one === path) ?? PAGES[0];
  return { page, params: new URLSearchParams(query) };
}

/** The link to a page. */
export function link(page: Page, question: Question = {}): string {
  const query = asked(question);
  return `#/${page}${query && `?${query}`}`;
}

let route = $state.raw<Route>(parse(location.hash));
addEventListener('hashchange', () => (route = parse(location.hash)));

export function here(): Route {
  return route;
}

export function param(name: string): string {
  return route.params.get(name) ?? '';
}

export function params(name: string): string[] {
  return route.params.getAll(name);
}

/** Changes some of what the address says; `replace` for a slider, which should not fill the history. */
export function set(changes: Question, replace = false): void {
  const next = new URLSearchParams(route.params);
  for (const [key, value] of Object.entries(changes)) {
    next.delete(key);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') next.append(key, String(one));
    }
  }
  const query = next.toString();
  const hash = `#/${route.page}${query && `?${query}`}`;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  route = parse(hash);
}
