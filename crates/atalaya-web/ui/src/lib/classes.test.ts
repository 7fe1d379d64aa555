import { expect, it } from 'vitest';
import { classes, classOf } from './classes';

it('values of one order get classes of equal width with round limits', () => {
  expect(classes([20_200, 92_783, 252_600])).toEqual({ limits: [0, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000], kind: 'equal' });
  expect(classes([0.4, 1.6]).limits).toEqual([0, 0.5, 1, 1.5, 2]);
});

it('values over three orders get powers of ten, seven classes at most', () => {
  expect(classes([12, 30_054])).toEqual({ limits: [10, 100, 1000, 10_000, 100_000], kind: 'log' });
  expect(classes([1e-6, 1e6]).limits).toEqual([0, 1, 10, 100, 1000, 10_000, 100_000, 1e6]);
});

it('values crowded into the lowest class get powers of ten', () => {
  expect(classes([2, 3, 4, 5, 90]).limits).toEqual([1, 10, 100]);
});

it('every value above zero lies in the class its limits state', () => {
  for (const values of [[1, 10], [3, 999, 1000, 5000], [7], [0.03, 0.9, 45], [1e-6, 0.5, 1e6]]) {
    const made = classes(values);
    for (const value of values) {
      const at = classOf(value, made);
      expect(made.limits[at]).toBeLessThanOrEqual(value);
      expect(made.limits[at + 1]).toBeGreaterThanOrEqual(value);
    }
  }
});

it('zero and nothing make no class', () => {
  expect(classes([0, 0]).limits).toEqual([]);
  expect(classes([]).limits).toEqual([]);
});
