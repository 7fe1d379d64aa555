// The language of the page: what the reader chose, else what the browser asks for.

import { words, type Word } from '../words';
import type { Both } from './api';
import { remembered, remember } from './remember';

export type Lang = keyof Both;
export const LANGS: readonly Lang[] = ['en', 'es'];

function first(): Lang {
  const wanted = remembered('lang') ?? navigator.language;
  return wanted.toLowerCase().startsWith('es') ? 'es' : 'en';
}

let lang = $state<Lang>(first());

export function current(): Lang {
  return lang;
}

export function speak(next: Lang): void {
  lang = next;
  remember('lang', next);
}

/** A word or sentence of the page, with its `{holes}` filled. */
export function t(word: Word, holes: Record<string, string | number> = {}): string {
  return words[word][lang].replace(/\{(\w+)\}/g, (whole, name: string) => String(holes[name] ?? whole));
}

/** A sentence of the program; the other language where one is empty, as names often are. */
export function say(sentence: Both | string | null | undefined): string {
  if (sentence === null || sentence === undefined) return '';
  if (typeof sentence === 'string') return sentence;
  return sentence[lang] || sentence.en || sentence.es;
}
