import { expect, it, vi } from 'vitest';
import type { Status } from './api';

vi.stubGlobal('navigator', { language: 'en' });
const { batchKind, fileOf, probability } = await import('./linked');

const status = { sources: [{ id: 's', vintages: [{ files: [{ name: 'a.zip', member: 'one.csv', sha256: 'x'.repeat(64) }, { name: 'a.zip', member: 'two.csv', sha256: 'x'.repeat(64) }] }] }] } as unknown as Status;
const at = (file: string, member: number, source = 's') => fileOf(status, { source, file, member, ordinal: 1 });

it('a file is named as it was sent, part by part; what is not told is shown by its hash', () => {
  expect([at('x'.repeat(64), 0), at('x'.repeat(64), 1), at('x'.repeat(64), 5)]).toEqual(['one.csv', 'two.csv', 'one.csv']);
  expect(at(`ab${'c'.repeat(62)}`, 0)).toBe('abcccccccccc');
  expect(fileOf({ sources: [{ id: 's', vintages: [{ files: [{ name: 'b.csv', member: '', sha256: 'y' }] }] }] } as unknown as Status, { source: 's', file: 'y', member: 0, ordinal: 1 })).toBe('b.csv');
  expect(at('x'.repeat(64), 0, 'other')).toBe('xxxxxxxxxxxx');
});

it('what a newer program says and no word is known for stands as it is', () => {
  expect([batchKind('unit'), batchKind('something-new')]).toEqual(['in another unit', 'something-new']);
});

it('nothing is certain', () => {
  expect([probability(0.99999), probability(0.00001)].map((text) => text.replace(/\s/g, ' '))).toEqual(['>99.9 %', '<0.1 %']);
});
