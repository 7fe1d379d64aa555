import { expect, it } from 'vitest';
import { edgeOf, ends, routesCommand, three, type Edge } from './routes';

it('a link is its two ends and nothing else', () => {
  expect(ends('PE>ES')).toEqual(['PE', 'ES']);
  expect(ends('PE')).toBeUndefined();
  expect(ends('PE>ES>FR')).toBeUndefined();
  const edge = { from: 'PE', to: 'ES' } as Edge;
  expect(edgeOf([edge], 'PE>ES')).toBe(edge);
  expect(edgeOf([edge], 'ES>PE')).toBeUndefined();
});

it('the command says what the page asked', () => {
  expect(routesCommand('draw', { what: 'map', group: 'coca', year: undefined, area: 'PE' }, 'a.svg')).toBe('atalaya routes draw --what map --group coca --area PE -o a.svg');
  expect(routesCommand('country', { area: 'PE', method: 'joint' })).toBe('atalaya routes country PE --method joint');
  expect(routesCommand('draw', { group: "x'y" })).toContain("'");
});

it('an estimate has three digits', () => {
  expect([three(61777), three(0.012345), three(0), three(NaN)]).toEqual([61800, 0.0123, 0, 0]);
});
