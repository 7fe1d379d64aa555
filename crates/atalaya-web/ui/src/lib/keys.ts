// The keys of the review desk.

export type Act = 'same' | 'apart' | 'later' | 'undo' | 'next' | 'previous' | 'keys' | 'list';

/** Every key by what it does; the first is the one that is shown. */
export const KEYS: Record<Act, readonly string[]> = {
  same: ['a'],
  apart: ['r'],
  later: ['l'],
  undo: ['u'],
  next: ['j', 'ArrowRight'],
  previous: ['k', 'ArrowLeft'],
  list: ['Escape'],
  keys: ['?'],
};

export const ACTS = Object.keys(KEYS) as Act[];

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>;

/** Where keys belong to what has the focus: they are typed, or choose. */
export function writesIn(target: { tagName?: string; isContentEditable?: boolean; type?: string } | null): boolean {
  if (!target) return false;
  if (target.isContentEditable) return true;
  if (target.tagName === 'INPUT') return !['checkbox', 'button', 'submit'].includes(target.type ?? 'text');
  return target.tagName === 'TEXTAREA' || target.tagName === 'SELECT';
}

/** What a key asks for: nothing with a modifier, nor where it is held down, for a decision is made once a press. */
export function actOf({ key, ctrlKey, metaKey, altKey, repeat }: Pressed): Act | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const act = ACTS.find((one) => KEYS[one].includes(key.length === 1 ? key.toLowerCase() : key));
  return repeat && act !== 'next' && act !== 'previous' ? undefined : act;
}

/** How a key is printed. */
export function printed(key: string): string {
  return ({ ArrowRight: '→', ArrowLeft: '←', Escape: 'Esc' })[key] ?? key.toUpperCase();
}
