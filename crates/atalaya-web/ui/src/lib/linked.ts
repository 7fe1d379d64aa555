// The names of what the program proposes; what a newer program says and this page does not know stands as it is.

import { words, type Word } from '../words';
import { share, visible } from './format';
import { current, t } from './lang.svelte';
import type { Pair } from './link';

/** The word for a code, or the code itself. */
function wordOr(word: string, code: string): string {
  return word in words ? t(word as Word) : visible(code);
}

export const batchKind = (kind: string) => wordOr(`link.batchkind.${kind}`, kind);
export const relation = (pair: Pick<Pair, 'relation'>) => wordOr(`link.relation.${pair.relation}`, pair.relation);
export const question = (pair: Pick<Pair, 'relation'>) => wordOr(`link.ask.${pair.relation}`, pair.relation);

/** A probability in percent; never certain. */
export const probability = (p: number) => share(p, 1, current());
