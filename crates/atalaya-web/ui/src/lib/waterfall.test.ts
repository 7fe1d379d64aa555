import { describe, expect, it } from 'vitest';
import { chart, signed, speaks } from './waterfall';
import type { Waterfall } from './link';

const said = { en: 'x', es: 'y' };
const score = (prior: number, ...bits: number[]): Waterfall => {
  const sum = bits.reduce((all, one) => all + one, prior);
  return { prior, steps: bits.map((one) => ({ comparison: said, level: said, bits: one })), bits: sum, probability: 1 / (1 + 2 ** -sum) };
};

describe('the waterfall', () => {
  it('begins each comparison where the one before it ended, and the sum at even odds', () => {
    const { bars, even } = chart(score(-10, 7, 5, -1.5));
    expect(bars.map((bar) => bar.kind)).toEqual(['prior', 'step', 'step', 'step', 'sum']);
    const [prior, seven, five, less, sum] = bars;
    expect(prior?.end).toBeCloseTo(seven?.left ?? NaN, 12);
    expect(seven?.end).toBeCloseTo(five?.left ?? NaN, 12);
    // A bar to the left ends at its left.
    expect(less?.end).toBeCloseTo(less?.left ?? NaN, 12);
    expect(less?.end).toBeCloseTo(sum?.end ?? NaN, 12);
    expect(sum?.left).toBeCloseTo(even, 12);
    expect((prior?.left ?? 0) + (prior?.width ?? 0)).toBeCloseTo(even, 12);
  });

  it('draws a bit as long everywhere', () => {
    const { bars } = chart(score(-10, 7, 5, -1.5));
    const unit = bars.map((bar) => bar.width / Math.abs(bar.bits));
    for (const one of unit) expect(one).toBeCloseTo(unit[0] ?? NaN, 12);
  });

  it.each([[score(-14.2, 11.3, 3.1, 4.6, -2.4)], [score(-0.01)], [score(0)], [score(-300, 290)], [score(5, -20, 3)], [score(0.2, 0, 0)]])('stays inside its frame, with even odds in sight', (of) => {
    const { bars, even, ticks } = chart(of);
    for (const bar of bars) {
      expect(bar.left).toBeGreaterThanOrEqual(0);
      expect(bar.left + bar.width).toBeLessThanOrEqual(1);
      expect(bar.width).toBeGreaterThanOrEqual(0);
    }
    expect(even).toBeGreaterThan(0);
    expect(even).toBeLessThan(1);
    expect(ticks.length).toBeLessThanOrEqual(9);
    expect(ticks.find((tick) => tick.bits === 0)?.at).toBeCloseTo(even, 12);
  });

  it('says which way a comparison speaks', () => {
    expect([3, -3, 0.1, -0.1, 0].map(speaks)).toEqual(['for', 'against', 'nothing', 'nothing', 'nothing']);
    expect([7.25, -9.8, 0.01].map((bits) => signed(bits, 'en'))).toEqual(['+7.3', '−9.8', '0.0']);
    expect([11.34, -0.06, 0].map((bits) => signed(bits, 'es'))).toEqual(['+11,3', '−0,1', '0,0']);
  });
});
