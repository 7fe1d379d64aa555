import { expect, it } from 'vitest';
import { fileOf, idFrom, readable, type Made } from './publish';

const made = (name: string, mime: string, lang: 'en' | 'es' | null): Made => ({ name, mime, lang, bytes: 1, sha256: '' });

it('people are offered the PDF first, then the page; data beside it are not theirs to open', () => {
  const files = [made('manifest.json', 'application/json', null), made('es.html', 'text/html; charset=utf-8', 'es'), made('es.pdf', 'application/pdf', 'es'), made('en.pdf', 'application/pdf', 'en')];
  expect(readable(files).map(({ name }) => name)).toEqual(['en.pdf', 'es.pdf', 'es.html']);
});

it('an id is plain letters, and an address leads nowhere else', () => {
  expect(idFrom('  Boletín Nº 3 / año 2024 ')).toBe('boletin-n-3-ano-2024');
  expect(fileOf('../x', 'a/../b.pdf')).toBe('/api/v1/published/..%2Fx/a%2F..%2Fb.pdf');
});
