import { describe, expect, it } from 'vitest';
import { estimate, gravest, type Check } from './evaluate';
import { blocks } from './markdown';

describe('evaluations', () => {
  it('show the gravest check first and keep the order otherwise', () => {
    const check = (id: string, grave: Check['grave']): Check => ({ id, grave, title: { en: '', es: '' }, found: { en: '', es: '' }, explain: { en: '', es: '' } });
    const all = [check('a', 'fine'), check('b', 'care'), check('c', 'forbids'), check('d', 'care')];
    expect(gravest(all).map(({ id }) => id)).toEqual(['c', 'b', 'd', 'a']);
  });

  it('write an estimate with three digits, as its reader does', () => {
    expect([239.41, -0.0812, 12345.6].map((v) => estimate(v, 'en'))).toEqual(['239', '−0.0812', '12,346']);
    expect(estimate(-0.5, 'es')).toBe('−0,5');
    expect(estimate(Number.NaN, 'es')).toBe('–');
  });
});

describe('an appendix', () => {
  it('is read into headings, paragraphs and lists', () => {
    const text = '# Title\n\nA **bold** word and `code`.\n\n## Part\n\n- **Name**: a \\*star\\*\n- two\n\n1. first\n2. second\n';
    const read = blocks(text);
    expect(read.map(({ kind }) => kind)).toEqual(['h1', 'p', 'h2', 'ul', 'ol']);
    expect(read[1]).toEqual({ kind: 'p', lines: [[{ kind: 'text', text: 'A ' }, { kind: 'bold', text: 'bold' }, { kind: 'text', text: ' word and ' }, { kind: 'code', text: 'code' }, { kind: 'text', text: '.' }]] });
    expect(read[3]?.lines[0]?.at(-1)).toEqual({ kind: 'text', text: ': a *star*' });
    expect(read[4]?.lines).toHaveLength(2);
  });

  it('stays text whatever stands in it', () => {
    const [one] = blocks('&lt;script>alert(1)</script> <b>x</b>');
    expect(one?.lines[0]).toEqual([{ kind: 'text', text: '<script>alert(1)</script> <b>x</b>' }]);
  });
});
