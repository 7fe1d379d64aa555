import { expect, it } from 'vitest';
import type { HeldRow } from './api';
import { canMean, command, quoted, registerOf, request, runs, undone } from './decide';

const row = (change: Partial<HeldRow> = {}): HeldRow => ({
  intake: 1, file: 'a.csv', ordinal: 17, line: 18, cell: 0, status: 'held', rule: 'unknown-area', field: 'area', found: 'Atlantis', detail: '', raw: [], ...change,
});
const about = (change: Partial<HeldRow> = {}) => ({ ...row(change), row: row(change) });
const ruling = { kind: 'map' as const, all: false, to: 'PE', why: 'an old name' };

it('a text is said to mean a code, for all its rows', () => {
  const asked = request('ids', about(), ruling);
  expect(asked).toEqual({ source: 'ids', why: 'an old name', map: 'area:Atlantis=PE' });
  expect(command(asked)).toBe("atalaya held ids --map 'area:Atlantis=PE' --why 'an old name'");
});

it('one row is named by its number and part, all rows by rule and text', () => {
  expect(request('ids', about({ part: 2 }), { ...ruling, kind: 'accept' }).accept).toEqual(['2:17']);
  const all = request('ids', about(), { ...ruling, kind: 'reject', all: true });
  expect(all).toEqual({ source: 'ids', why: 'an old name', reject: ['all'], rule: 'unknown-area', text: 'area:Atlantis' });
  expect(command(all)).toBe("atalaya held ids --rule 'unknown-area' --text 'area:Atlantis' --reject all --why 'an old name'");
});

it('quotes of the text stay inside the word', () => {
  expect(quoted("bolsas d'envío")).toBe("'bolsas d'\\''envío'");
  expect(command(request('ids', about({ found: "x'; rm -rf ~ #" }), ruling))).toBe("atalaya held ids --map 'area:x'\\''; rm -rf ~ #=PE' --why 'an old name'");
});

it('a text that hides something or ends the line is not put in a command', () => {
  for (const found of ['a\nrm -rf ~', 'Lima\u202egnp', '\u001b[31m']) expect(command(request('ids', about({ found }), ruling))).toBe(null);
  expect(command(request('ids; rm', about(), ruling))).toBe(null);
});

it('only a text in a field means something, and only some fields have a register', () => {
  expect([canMean(about()), canMean(about({ found: '' })), canMean(about({ field: '' }))]).toEqual([true, false, false]);
  expect([registerOf('area'), registerOf('unit'), registerOf('date')]).toEqual(['area', 'unit', null]);
});

it('row numbers are written as runs, and undone decisions are known', () => {
  expect(runs([5, 3, 4, 9])).toBe('3–5, 9');
  const decision = (id: number, body: never) => ({ id, decided_at: '', who: '', why: '', source: '', body });
  expect([...undone([decision(1, { kind: 'map' } as never), decision(2, { kind: 'undo', decision: 1 } as never)])]).toEqual([1]);
});
