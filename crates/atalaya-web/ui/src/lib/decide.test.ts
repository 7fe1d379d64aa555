import { expect, it } from 'vitest';
import type { HeldRow } from './api';
import { commands, quoted } from './decide';

const row = (change: Partial<HeldRow>): HeldRow => ({
  intake: 1, file: 'a.csv', ordinal: 17, line: 18, cell: 0, status: 'held', rule: 'unknown-area', field: 'area', found: 'Atlantis', detail: '', raw: [], ...change,
});

it('an unknown word is mapped, accepted or rejected', () => {
  expect(commands('ids', row({}))).toEqual([
    "atalaya held ids --map 'area:Atlantis=CODE' --why '…'",
    "atalaya held ids --accept 17 --why '…'",
    "atalaya held ids --reject 17 --why '…'",
  ]);
});

it('quotes of the text stay inside the word', () => {
  expect(quoted("bolsas d'envío")).toBe("'bolsas d'\\''envío'");
  expect(commands('ids', row({ found: "x'; rm -rf ~ #" }))[0]).toBe("atalaya held ids --map 'area:x'\\''; rm -rf ~ #=CODE' --why '…'");
});

it('a text that hides something or ends the line is not put in a command', () => {
  for (const found of ['a\nrm -rf ~', 'Lima\u202egnp', '\u001b[31m', 'a=PE', '']) {
    expect(commands('ids', row({ found })).every((command) => command.startsWith('atalaya held ids --accept') || command.startsWith('atalaya held ids --reject'))).toBe(true);
  }
  expect(commands('ids; rm', row({}))).toEqual([]);
});

it('a row of a later part is named with it', () => {
  expect(commands('ids', row({ part: 2, rule: 'bad-date' }))).toEqual(["atalaya held ids --accept 2:17 --why '…'", "atalaya held ids --reject 2:17 --why '…'"]);
});

it('a rejected row needs no decision', () => {
  expect(commands('ids', row({ status: 'rejected' }))).toEqual([]);
});
