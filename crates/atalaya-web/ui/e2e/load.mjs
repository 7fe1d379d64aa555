// Loading one's own spreadsheet and deciding its held rows, against a program that may be written
// to. It leaves a source behind in it.

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { begin, counter, settle, watched } from './browser.mjs';

// A file with the columns of one that is known would be read by that one's recipe.
const head = (name) => `Departamento;Fecha;Droga;Cantidad;Unidad;Entidad ${name}`;
const ROWS = [
  'Ayacucho;13/01/2024;Clorhidrato de cocaína;12,5;kg;PNP',
  'Cusco;14/02/2024;Pasta básica de cocaína;1,25;kg;PNP',
  'Atlantis;15/02/2024;Clorhidrato de cocaína;3,5;kg;PNP',
  'Atlantis;16/02/2024;Clorhidrato de cocaína;2,5;kg;SUNAT',
  'Loreto;17/03/2024;Marihuana;40,5;kg;Marina',
  'Ucayali;18/03/2024;Polvo misterioso;7,5;kg;PNP',
];
const file = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

async function account(page) {
  const text = (await page.locator('.account').first().innerText()).replace(/\s+/g, ' ');
  return [...text.matchAll(/(\d+) (read|accepted|held|rejected)/g)].map((found) => Number(found[1]));
}

async function decide(ok, page, text, { kind, code, why }) {
  const entry = page.locator('main ul li', { has: page.locator('summary', { hasText: text }) }).first();
  await entry.locator('summary').first().click();
  await entry.getByRole('radio', { name: kind }).check();
  if (code) {
    await entry.getByRole('searchbox').fill(code);
    await entry.locator('li button').first().click();
  }
  const save = entry.getByRole('button', { name: 'Decide and read again' });
  ok(await save.isDisabled(), `${text}: no decision without a reason`);
  await entry.getByLabel('Why (kept with the decision)').fill(why);
  const before = await page.locator('.told').innerText();
  await save.click();
  await page.waitForFunction((old) => ![old, ''].includes(document.querySelector('.told')?.textContent ?? ''), before);
  await settle(page);
}

/** What is no table and a wrong recipe are refused; then the file is read, and the account adds up. */
async function load(page, url, ok, name) {
  await page.goto(`${url}/#/collect`);
  await settle(page);
  const choose = page.locator('input[type=file]');
  await choose.setInputFiles(file('personas.csv', 'dni;fecha\n1;2024-01-01\n'));
  await page.getByText(/data about persons/).waitFor();
  ok(true, 'a column about persons refuses the file');
  await choose.setInputFiles(file('run.exe', 'MZ'));
  await page.getByText(/not a name of a table/).waitFor();
  ok(true, 'what is no table is refused');

  await choose.setInputFiles(file(`${name}.csv`, [head(name), ...ROWS].join('\n')));
  await page.getByRole('heading', { name: 'The columns' }).waitFor();
  ok((await page.getByRole('combobox', { name: 'Departamento is' }).inputValue()) === 'area', 'the area was told by its cells');
  ok((await page.locator('main').innerText()).includes('Atlantis'), 'what no list knows is a doubt');
  await page.getByLabel('Who publishes it').fill('Policía');
  await page.getByLabel('Who publishes it').press('Tab');
  await page.getByLabel('On what terms').fill('as agreed');
  await page.getByLabel('On what terms').press('Tab');
  await page.getByText('The recipe as text').click();
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('licence = "as agreed"'));
  const recipe = await page.locator('textarea').inputValue();
  ok(recipe.includes('producer = "Policía"'), 'what was said stands in the recipe');
  await page.locator('textarea').fill(recipe.replace('kind = "records"', 'kind = "recrods"'));
  await page.getByRole('button', { name: 'Save the recipe and collect' }).click();
  await page.getByText(/recipe\.toml line \d+/).waitFor();
  ok(true, 'a wrong recipe is refused with its line');
  await page.locator('textarea').fill(recipe);
  await page.getByRole('button', { name: 'Save the recipe and collect' }).click();
  await page.getByText(/was read$/).waitFor();
  assert.deepEqual(await account(page), [6, 3, 3, 0]);
}

/** Held rows, each decided with a reason; a decision is taken back. */
async function decideHeld(page, ok) {
  await page.getByRole('link', { name: /Decide about 3 held rows/ }).click();
  await settle(page);
  await decide(ok, page, 'Atlantis', { kind: /means/, code: 'Lima', why: 'an old name of the port' });
  assert.deepEqual(await account(page), [6, 5, 1, 0]);
  await decide(ok, page, 'Polvo misterioso', { kind: 'Reject', why: 'not a substance' });
  assert.deepEqual(await account(page), [6, 5, 0, 1]);
  const log = page.locator('ol li', { hasText: 'Atlantis' }).last();
  await log.locator('summary').click();
  await log.getByLabel('Why (kept with the decision)').fill('it was not Lima');
  await log.getByRole('button', { name: /Undo decision/ }).click();
  await page.waitForFunction(() => /held/.test(document.querySelector('.account')?.textContent ?? '') && document.body.innerText.includes('undone'));
  await settle(page);
  assert.deepEqual(await account(page), [6, 3, 2, 1]);
}

/** Next year's file has another name for a column: asked once. */
async function renamed(page, url, ok, name) {
  await page.goto(`${url}/#/collect?source=${name}`);
  await settle(page);
  await page.locator('input[type=file]').setInputFiles(file(`${name}-2.csv`, [head(name).replace('Departamento', 'Region natural'), ...ROWS].join('\n')));
  await page.getByRole('heading', { name: 'Was a column renamed?' }).waitFor();
  await page.getByLabel(/“Departamento”/).selectOption('Region natural');
  await page.locator('form', { hasText: 'Was a column renamed?' }).getByLabel('Why (kept with the decision)').fill('the police renamed it');
  await page.getByRole('button', { name: 'Remember and collect' }).click();
  await page.getByText(/was read$/).waitFor();
  ok((await account(page))[0] === 6, 'the renamed column is read');
}

/** My spreadsheet is loaded and its held rows are resolved. */
export async function mySpreadsheet(browser, url, ok) {
  const name = `prueba-${Date.now().toString(36)}`;
  const { page, wrong, close } = await watched(browser, url);
  await load(page, url, ok, name);
  await decideHeld(page, ok);
  await renamed(page, url, ok, name);
  // A refusal is an answer with a status of its own, which a browser writes down.
  assert.deepEqual(wrong.filter((one) => !/Failed to load resource.* 4\d\d /.test(one)), []);
  await close();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { browser, url, stop } = await begin();
  const { ok, count } = counter(assert);
  try {
    await mySpreadsheet(browser, url, ok);
    process.stdout.write(`${count()} checks passed against ${url}\n`);
  } finally {
    await stop();
  }
}
