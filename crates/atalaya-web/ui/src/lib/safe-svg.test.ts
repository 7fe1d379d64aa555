import { describe, expect, it } from 'vitest';
import { mayHave, mayStand } from './safe-svg';

// What hostile drawings are made of. That the tree is rebuilt from these rules is seen in a browser: e2e/figures.mjs.

describe('elements', () => {
  it.each(['script', 'foreignObject', 'iframe', 'image', 'use', 'a', 'style', 'animate', 'set', 'animateTransform', 'handler', 'feImage', 'filter', 'metadata', 'switch', 'SCRIPT', 'html', 'embed', 'marker', 'mask', 'symbol'])('%s does not stand', (name) => {
    expect(mayStand(name)).toBe(false);
  });

  it.each(['svg', 'g', 'path', 'text', 'pattern', 'clipPath'])('%s stands', (name) => {
    expect(mayStand(name)).toBe(true);
  });
});

describe('attributes', () => {
  it.each([
    ['onload', 'alert(1)'],
    ['onclick', 'x'],
    ['onbegin', 'x'],
    ['style', 'background:url(https://a.example)'],
    ['href', '#a'],
    ['xlink:href', 'javascript:alert(1)'],
    ['src', 'x'],
    ['filter', 'url(#x)'],
    ['fill', 'url(https://a.example/x#y)'],
    ['fill', 'URL( "//a.example" )'],
    ['fill', 'u\\72l(https://a.example)'],
    ['clip-path', 'url(data:image/svg+xml,x)'],
    ['stroke', 'javascript:alert(1)'],
    ['tabindex', '0'],
    ['target', '_top'],
    ['data-ON', 'x'],
  ])('%s="%s" is dropped', (name, value) => {
    expect(mayHave(name, value)).toBe(false);
  });

  it.each([
    ['fill', '#0e605b'],
    ['fill', 'url(#hatch-1)'],
    ['d', 'M0 0L10 10Z'],
    ['data-value', '61777'],
    ['data-name', 'javascript: is text here'],
    ['aria-label', 'Coca, 2024'],
  ])('%s="%s" stays', (name, value) => {
    expect(mayHave(name, value)).toBe(true);
  });
});
