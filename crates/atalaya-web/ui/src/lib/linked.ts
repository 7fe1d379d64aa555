// The names of what the program proposes; what a newer program says and this page does not know stands as it is.

import { words, type Word } from '../words';
import type { Status } from './api';
import { share, visible } from './format';
import { current, t } from './lang.svelte';
import type { Pair, RowAt } from './link';

/** The word for a code, or the code itself. */
function wordOr(word: string, code: string): string {
  return word in words ? t(word as Word) : visible(code);
}

export const batchKind = (kind: string) => wordOr(`link.batchkind.${kind}`, kind);
export const relation = (pair: Pick<Pair, 'relation'>) => wordOr(`link.relation.${pair.relation}`, pair.relation);
export const question = (pair: Pick<Pair, 'relation'>) => wordOr(`link.ask.${pair.relation}`, pair.relation);

/** A probability in percent; never certain. */
export const probability = (p: number) => share(p, 1, current());

/** The file a record stands in, by name; where files are not told, the first digits of its hash. */
export function fileOf(status: Pick<Status, 'sources'>, { source, file, member }: RowAt): string {
  const files = status.sources.find((one) => one.id === source)?.vintages.map((one) => one.files) ?? [];
  const held = files.find((all) => all.some((one) => one.sha256 === file)) ?? [];
  const found = held[member]?.sha256 === file ? held[member] : held.find((one) => one.sha256 === file);
  return visible(found ? found.member || found.name : file.length > 16 ? file.slice(0, 12) : file);
}
