import { describe, expect, it } from 'vitest';
import { words } from '../words';
import { actOf, ACTS, KEYS, printed, writesIn } from './keys';

const press = (key: string, more = {}) => actOf({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more });

describe('the keys of the desk', () => {
  it('do what the contract says', () => {
    expect(['a', 'r', 'l', 'u', 'j', 'k', '?', 'ArrowRight', 'ArrowLeft', 'Escape', 'A', 'x', 'Enter'].map((key) => press(key))).toEqual(['same', 'apart', 'later', 'undo', 'next', 'previous', 'keys', 'next', 'previous', 'list', 'same', undefined, undefined]);
  });

  it('leave the browser its own', () => {
    for (const held of ['ctrlKey', 'metaKey', 'altKey']) for (const key of ['a', 'r', 'l', 'ArrowLeft']) expect(press(key, { [held]: true })).toBeUndefined();
  });

  it('decide once a press, however long it lasts', () => {
    expect(press('a', { repeat: true })).toBeUndefined();
    expect(press('u', { repeat: true })).toBeUndefined();
    expect(press('j', { repeat: true })).toBe('next');
  });

  it('are text where one writes', () => {
    expect([{ tagName: 'INPUT', type: 'text' }, { tagName: 'TEXTAREA' }, { tagName: 'SELECT' }, { tagName: 'DIV', isContentEditable: true }].map(writesIn)).toEqual([true, true, true, true]);
    expect([{ tagName: 'BUTTON' }, { tagName: 'A' }, { tagName: 'INPUT', type: 'checkbox' }, null].map(writesIn)).toEqual([false, false, false, false]);
  });

  it('are each said in the help, and stand for one thing', () => {
    const keys = ACTS.flatMap((act) => KEYS[act]);
    expect(new Set(keys).size).toBe(keys.length);
    for (const act of ACTS) expect(words).toHaveProperty([`link.keys.${act}`]);
    expect(['a', '?', 'Escape', 'ArrowLeft'].map(printed)).toEqual(['A', '?', 'Esc', '←']);
  });
});
