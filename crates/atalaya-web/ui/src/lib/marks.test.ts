import { expect, it } from 'vitest';
import { nearest, read, towards } from './marks';

const mark = (name: string, at: string, x: number, y: number) => read({ name, at, value: '1' }, x, y);
const marks = [mark('a', '2020', 0, 10), mark('a', '2021', 50, 12), mark('b', '2020', 0, 40), mark('b', '2021', 50, 44), mark('a', '2022', 100, 9)];

it('the pointer means the nearest mark, if one is near', () => {
  expect(nearest(marks, 48, 40, 24)).toBe(3);
  expect(nearest(marks, 300, 300, 24)).toBe(-1);
  expect(nearest([], 0, 0, 24)).toBe(-1);
});

it('arrows walk along a line and stop at its ends', () => {
  expect(towards(marks, 0, 'ArrowRight')).toBe(1);
  expect(towards(marks, 1, 'ArrowRight')).toBe(4);
  expect(towards(marks, 4, 'ArrowRight')).toBe(4);
  expect(towards(marks, 0, 'ArrowLeft')).toBe(0);
  expect(towards(marks, 1, 'End')).toBe(4);
  expect(towards(marks, 4, 'Home')).toBe(0);
});

it('up and down go to another line at the same time', () => {
  expect(towards(marks, 1, 'ArrowDown')).toBe(3);
  expect(towards(marks, 3, 'ArrowUp')).toBe(1);
  expect(towards(marks, 0, 'ArrowUp')).toBe(0);
});

it('the first key begins at the first mark, and no marks lead nowhere', () => {
  expect(towards(marks, -1, 'ArrowRight')).toBe(0);
  expect(towards([], -1, 'ArrowRight')).toBe(-1);
});

it('what stands on an element is kept as text, absent is not zero', () => {
  expect(read({ name: 'x', at: '2020', missing: 'not-known' }, 1, 2)).toMatchObject({ value: null, missing: 'not-known', low: null, provisional: false });
});

it('on a map arrows go to the neighbour on that side', () => {
  const area = (code: string, x: number, y: number) => read({ name: code, area: code, value: '1' }, x, y);
  const map = [area('CO', 50, 0), area('PE', 50, 50), area('BR', 90, 45), area('CL', 52, 100)];
  expect([towards(map, 1, 'ArrowUp'), towards(map, 1, 'ArrowRight'), towards(map, 1, 'ArrowDown'), towards(map, 1, 'ArrowLeft')]).toEqual([0, 2, 3, 1]);
  expect([towards(map, 1, 'Home'), towards(map, 1, 'End')]).toEqual([0, 3]);
});
