import { expect, it } from 'vitest';
import { drawnOf } from './pick';

it('seizures are drawn as reported or each event once, by number or by weight; a series has one value', () => {
  expect([['', ''], ['', 'events'], ['kg', ''], ['kg', 'events'], ['kg', 'nonsense']].map(([value = '', count = '']) => drawnOf('seizures', value, count))).toEqual(['records', 'events', 'kg', 'kg_unique', 'kg']);
  expect(drawnOf('coca-area', 'kg', 'events')).toBe('value');
});
