import { describe, expect, it, vi } from 'vitest';
import { words, type Word } from '../words';
import type { PairPage, BatchPage } from './link';

vi.stubGlobal('navigator', { language: 'en' });
const { fitting, reasonFor } = await import('./reason');

const same = (text: string) => ({ en: text, es: text });
const say = (both: { en: string }) => both.en;
const tell = (word: Word, holes: Record<string, string | number> = {}) => words[word].en.replace(/\{(\w+)\}/g, (_, name: string) => String(holes[name]));
const field = (name: string, agree: PairPage['fields'][number]['agree']) => ({ field: name, label: same(name), a: '1', b: '1', agree, note: null });

describe('the reason that is offered', () => {
  it('says of a pair how its fields compare', () => {
    const pair = { probability: 0.97, fields: [field('Date', 'same'), field('Place', 'close'), field('Unit', 'different'), field('Transport', 'one-absent'), field('Amount', 'same'), { ...field('Area', 'same'), field: 'area' }, { ...field('Area as reported', 'same'), field: 'area_reported' }] } as unknown as PairPage;
    expect(reasonFor(pair, say, tell)).toMatch(/^The same: date, amount, area\. Close: place\. Different: unit\. Probability 97\s%\.$/);
  });

  it('is never empty', () => {
    expect(reasonFor({ probability: 0.5, fields: [] } as unknown as PairPage, say, tell)).toMatch(/^Probability 50\s%\.$/);
    expect(reasonFor({ surplus: 3, reason: same(''), title: same('Denmark 2016') } as unknown as BatchPage, say, tell)).toBe('Denmark 2016');
  });

  it('is cut at a word where it is too long', () => {
    const cut = fitting(`${'word '.repeat(200)}`);
    expect(cut.length).toBeLessThanOrEqual(481);
    expect(cut.endsWith('word…')).toBe(true);
  });
});
