// The reason that is offered for a decision: what the evidence says, in words a person may improve.

import type { Word } from '../words';
import type { CasePage } from './ahead';
import type { Both } from './api';
import { probability } from './linked';
import type { Agree, FieldOf } from './link';

type Say = (sentence: Both) => string;
type Tell = (word: Word, holes?: Record<string, string | number>) => string;

const LONGEST = 480;

/** The names of the fields that agree in a way, as a list. */
export function named(fields: readonly FieldOf[], agree: Agree, say: Say): string {
  return fields.filter((one) => one.agree === agree).map((one) => say(one.label).toLocaleLowerCase()).join(', ');
}

/** Whether a field says as reported what its code says already: both are the same in both records. */
export function repeats(one: FieldOf, fields: readonly FieldOf[]): boolean {
  const code = /^(.+)_reported$/.exec(one.field)?.[1];
  return code !== undefined && one.agree === 'same' && fields.some((other) => other.field === code && other.agree === 'same');
}

/** As long as a reason may be, cut at a word. */
export function fitting(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= LONGEST) return flat;
  return `${flat.slice(0, LONGEST).replace(/\s\S*$/, '')}…`;
}

/** What the evidence of a case says: of a list its reason, of a pair how its fields compare. */
export function reasonFor(of: CasePage, say: Say, t: Tell): string {
  if ('surplus' in of) return fitting(say(of.reason) || say(of.title));
  const fields = of.fields.filter((one) => !repeats(one, of.fields));
  const [same, close, different] = (['same', 'close', 'different'] as const).map((agree) => named(fields, agree, say));
  const parts = [
    same && t('link.why.same', { fields: same }),
    close && t('link.why.close', { fields: close }),
    different && t('link.why.different', { fields: different }),
    t('link.why.p', { p: probability(of.probability) }),
  ];
  return fitting(parts.filter((one) => one).join(' '));
}
