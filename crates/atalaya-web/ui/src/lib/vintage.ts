// The vintages of a source, newest first.

import type { Source, SourceRef, Vintage } from './api';

export function newestFirst(source: Source): Vintage[] {
  return source.vintages.toSorted((a, b) => b.intake - a.intake);
}

/** The newest vintage that is in force. */
export function newest(source: Source): Vintage | undefined {
  const all = newestFirst(source);
  return all.find((vintage) => vintage.current) ?? all[0];
}

/** The vintages a figure rests on, as one text. */
export function vintagesOf(source: Pick<SourceRef, 'vintage' | 'vintages'>): string {
  return source.vintages ? [...new Set(source.vintages)].join(', ') : (source.vintage ?? '');
}
