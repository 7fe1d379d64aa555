import { expect, it } from 'vitest';
import { num } from './series';

it('zero is a number, an absent value is none', () => {
  expect([num('0'), num('61777.5'), num(''), num(null), num(undefined), num('x')]).toEqual([0, 61777.5, null, null, null, null]);
});
