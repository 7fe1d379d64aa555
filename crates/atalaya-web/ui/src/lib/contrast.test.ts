import { describe, expect, it } from 'vitest';
import css from '../app.css?raw';

// WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for what a drawing is read by.

function theme(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1] ?? '', found[2] ?? '']));
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const TEXT: Record<string, string[]> = {
  paper: ['ink', 'muted', 'accent', 'bad', 'held'],
  surface: ['ink', 'muted', 'accent', 'bad', 'held', 'rejected'],
  sunken: ['ink', 'muted', 'accent', 'rejected'],
  'accent-soft': ['accent', 'muted', 'ink'],
  'held-soft': ['held', 'ink'],
  'bad-soft': ['bad'],
  accent: ['on-accent'],
  zero: ['ink'],
  h1: ['on-h-low'],
  h2: ['on-h-low'],
  h3: ['on-h-low'],
  h5: ['on-h-high'],
  h6: ['on-h-high'],
  h7: ['on-h-high'],
};

describe.each([[':root'], [":root[data-theme='dark']"]])('%s', (selector) => {
  const colours = theme(selector);
  it.each(Object.entries(TEXT).flatMap(([ground, texts]) => texts.map((text) => [text, ground])))('%s can be read on %s', (text = '', ground = '') => {
    expect(contrast(colours.get(text) ?? '', colours.get(ground) ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it('the middle step of the scale carries its dark text', () => {
    expect(contrast('#0b1114', colours.get('h4') ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['l1', 'l2', 'l3', 'l4', 'l5', 'l6'])('the line %s stands out', (line) => {
    expect(contrast(colours.get(line) ?? '', colours.get('surface') ?? '')).toBeGreaterThanOrEqual(3);
  });

  it('the edges of controls stand out', () => {
    expect(contrast(colours.get('edge') ?? '', colours.get('surface') ?? '')).toBeGreaterThanOrEqual(3);
  });
});
