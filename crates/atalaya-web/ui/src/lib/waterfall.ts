// A score as a horizontal chart: each comparison begins where the one before it ended.

import { number } from './format';
import type { Lang } from './lang.svelte';
import type { Waterfall } from './link';

/** A bar, in parts of the width of the chart. */
export interface Bar {
  kind: 'prior' | 'step' | 'sum';
  left: number;
  width: number;
  /** Where the score stands after it. */
  end: number;
  bits: number;
}

export interface Chart {
  bars: Bar[];
  /** Where neither is likelier. */
  even: number;
  ticks: { at: number; bits: number }[];
}

/** Below this a comparison says nothing worth a word: the odds change by less than a sixth. */
const NOTHING = 0.2;
/** Below this nothing is left of it when it is printed. */
const UNSEEN = 0.05;
const MOST_TICKS = 7;

export type Speaks = 'for' | 'against' | 'nothing';

export function speaks(bits: number): Speaks {
  return Math.abs(bits) < NOTHING ? 'nothing' : bits > 0 ? 'for' : 'against';
}

/** Bits as printed: one digit, with their sign. */
export function signed(bits: number, lang: Lang): string {
  const sign = Math.abs(bits) < UNSEEN ? '' : bits > 0 ? '+' : '\u2212';
  return sign + number(sign === '' ? '0.0' : Math.abs(bits).toFixed(1), lang);
}

/** A step of 1, 2 or 5 times a power of ten that makes few ticks. */
function spacing(span: number): number {
  const rough = span / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = [1, 2, 5, 10].find((one) => one * power >= rough) ?? 10;
  return Math.max(1, times * power);
}

/** The bars of a score, the prior first and the sum last; even odds are always in sight. */
export function chart({ prior, steps, bits }: Waterfall): Chart {
  const ends = [prior];
  for (const one of steps) ends.push((ends.at(-1) ?? 0) + one.bits);
  const low = Math.min(-1, bits, ...ends);
  const high = Math.max(1, bits, ...ends);
  const pad = (high - low) * 0.04;
  const span = high - low + 2 * pad;
  const at = (value: number) => (value - low + pad) / span;
  const bar = (kind: Bar['kind'], from: number, to: number): Bar => ({ kind, left: at(Math.min(from, to)), width: Math.abs(to - from) / span, end: at(to), bits: to - from });
  const middle = steps.map((one, i) => ({ ...bar('step', ends[i] ?? 0, ends[i + 1] ?? 0), bits: one.bits }));
  const every = spacing(high - low);
  const ticks = [];
  for (let value = Math.ceil(low / every) * every; value <= high; value += every) ticks.push({ at: at(value), bits: value });
  return { bars: [bar('prior', 0, prior), ...middle, bar('sum', 0, bits)], even: at(0), ticks };
}
