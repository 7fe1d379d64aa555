import { describe, expect, it } from 'vitest';
import { scaled } from './spark';

const point = (at: number, value: number | null, low: number | null = null, high: number | null = null) => ({ at, value, low, high });

describe('a small line', () => {
  it('is broken where a year is not there, and shows what stands alone', () => {
    const drawn = scaled([point(2010, 1), point(2011, 2), point(2013, 4), point(2015, 3), point(2016, 3)], 100, 50);
    expect(drawn.line.match(/M/g)?.length).toBe(2);
    expect(drawn.alone.length).toBe(1);
  });

  it('begins at zero and leaves out what is missing', () => {
    const drawn = scaled([point(2010, 50), point(2011, null), point(2012, 100)], 100, 50);
    expect(drawn.zero).toBe(45);
    expect(drawn.alone.map(([, y]) => y)).toEqual([25, 5]);
  });

  it('draws a band only where both ends are known', () => {
    expect(scaled([point(2010, 1, 0, 2), point(2011, 1, 0, 2)], 100, 50).band).toMatch(/^M.*Z$/);
    expect(scaled([point(2010, 1), point(2011, 1)], 100, 50).band).toBe('');
    expect(scaled([], 100, 50).last).toBeNull();
  });
});
