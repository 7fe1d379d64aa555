// The source line every figure carries: who, which vintage, data until when, which snapshot.

import type { Both, SourceRef } from './api';
import { date } from './format';
import { t, type Lang } from './lang.svelte';
import { vintagesOf } from './vintage';

type Credited = Pick<SourceRef, 'title' | 'producer' | 'vintage' | 'vintages' | 'cut_off' | 'prepared' | 'simulated'>;

export function credits(sources: Credited[], snapshot: string, lang: Lang, say: (sentence: Both) => string): string[] {
  const one = (source: Credited) => {
    const facts = [
      t('figure.vintage', { v: vintagesOf(source) }),
      source.cut_off ? t('figure.cutOff', { d: date(source.cut_off, lang) }) : t('figure.noCutOff'),
      ...(source.prepared ? [t('figure.prepared', { d: date(source.prepared, lang) })] : []),
    ];
    const mark = source.simulated ? `${t('figure.simulated')}: ` : '';
    return `${mark}${source.producer}, ${say(source.title)} (${facts.join('; ')})`;
  };
  return [t('figure.source', { list: sources.map(one).join(' · ') }), `${t('figure.snapshot', { s: snapshot.slice(0, 12) })}.`];
}
