import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { words } from '.';

const texts = import.meta.glob<string>('../**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true });
const components = Object.entries(texts).filter(([file]) => file.endsWith('.svelte'));
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]).sort();

describe('the words', () => {
  it('are said in both languages, with the same holes', () => {
    for (const [key, { en, es }] of Object.entries(words)) {
      expect(en, key).not.toBe('');
      expect(es, key).not.toBe('');
      expect(holes(es), key).toEqual(holes(en));
    }
  });

  it('are all used', () => {
    const code = Object.entries(texts).flatMap(([file, text]) => (file.startsWith('./') ? [] : [text])).join('\n');
    const built = [...code.matchAll(/`([a-z]+\.(?:[a-z]+\.)?)\$\{/g)].map((found) => found[1] ?? '');
    const unused = Object.keys(words).filter((key) => !code.includes(`'${key}'`) && !code.includes(`"${key}"`) && !built.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });
});

type Node = { type?: string; data?: string; name?: string; value?: unknown } & Record<string, unknown>;

/** Texts of a component that a reader would see or hear, written in the component itself. */
function rawTexts(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) node.forEach((one) => rawTexts(one, found));
  else if (node && typeof node === 'object') {
    const one = node as Node;
    const text = String(one.data ?? '').trim();
    if (one.type === 'Text' && /\p{L}/u.test(text) && !(text in words)) found.push(text);
    if (one.type === 'HtmlTag') found.push('{@html}');
    for (const [key, value] of Object.entries(one)) {
      // Attributes other than these are read by the browser, not by people.
      if (key === 'attributes') rawTexts((value as Node[]).filter((a) => ['title', 'alt', 'placeholder', 'aria-label'].includes(String(a.name))), found);
      else if (key !== 'css' && key !== 'instance' && key !== 'module') rawTexts(value, found);
    }
  }
  return found;
}

describe('components', () => {
  it.each(components)('%s writes no words of its own and no HTML', (_, text) => {
    expect(rawTexts(parse(text, { modern: true }).fragment)).toEqual([]);
    expect(text.split('\n').length).toBeLessThan(300);
  });
});
