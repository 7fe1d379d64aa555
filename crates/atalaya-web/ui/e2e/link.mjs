// The review desk by keyboard: ten cases are decided through the program itself and the time is
// taken, a refused decision waits again, and everything is taken back. Where too little waits, or
// no list does, one with known doubles is collected first; it is left behind.

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { asks, begin, counter, settle, watched } from './browser.mjs';
import { plant } from './planted.mjs';

const CASES = 10;
/** What a person has for ten cases, of which a machine must leave nearly all to reading. */
const PERSON = 120;
const MACHINE = 20;

const item = (page) => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('item'));
const told = (page) => page.locator('.bar [role=status]').innerText();

/** A case stands: its page has come, its question has the focus, it can be decided. */
async function ready(page) {
  await page.waitForFunction(() => document.activeElement?.id === 'case' && !document.querySelector('.bar button.same')?.disabled && !document.querySelector('main [aria-busy=true]'));
}

/** Presses a key and waits for the case that comes. */
async function press(page, key) {
  const before = await item(page);
  await page.keyboard.press(key);
  await page.waitForFunction((old) => new URLSearchParams(location.hash.split('?')[1]).get('item') !== old, before);
  await ready(page);
}

/** What a person who reads the page would answer. */
async function answer(page) {
  if (await page.locator('article .parts svg').count() === 0) return 'a';
  const likely = await page.locator('.about .p').count() ? await page.locator('.about .p').innerText() : '100';
  return Number(/[\d.]+/.exec(likely)?.[0]) >= 80 ? 'a' : 'r';
}

/** The first case, from the list of them, by keyboard alone. */
async function begun(page, url, ok) {
  await page.goto(`${url}/#/link`);
  await settle(page);
  const start = page.getByRole('link', { name: 'Start with the first case' });
  await start.waitFor();
  for (let presses = 0; presses < 40 && !(await start.evaluate((one) => one === document.activeElement)); presses++) await page.keyboard.press('Tab');
  ok(await start.evaluate((one) => one === document.activeElement), 'the keyboard reaches the first case');
  await page.keyboard.press('Enter');
  await ready(page);
}

async function tenCases(page, url, ok) {
  const found = await asks(url, 'link');
  if (found.waiting.batches === 0 || found.waiting.batches + found.waiting.pairs <= CASES) await plant(url);
  const before = await asks(url, 'link');
  ok(before.waiting.batches > 0 && before.waiting.batches + before.waiting.pairs > CASES, `${before.waiting.batches} lists and ${before.waiting.pairs} pairs wait`);
  const open = await asks(url, 'link?status=open&limit=1');
  ok(open.total === before.waiting.pairs + before.waiting.parcels, `${open.total} pairs are shown, ${before.waiting.parcels} of them as parcels`);
  await begun(page, url, ok);
  const since = performance.now();
  const waits = [];
  const seen = new Set();
  for (let n = 0; n < CASES; n++) {
    const id = await item(page);
    ok(!seen.has(id), `${id} is asked once`);
    seen.add(id);
    ok((await page.locator('.bar input').inputValue()).trim() !== '', `${id}: a reason is there`);
    const key = await answer(page);
    const at = performance.now();
    await press(page, key);
    waits.push(performance.now() - at);
    ok((await told(page)).startsWith('Decided'), `${id}: what was decided is said`);
  }
  const seconds = (performance.now() - since) / 1000;
  ok(seconds < MACHINE, `${CASES} cases took the program ${seconds.toFixed(1)} s`);
  process.stdout.write(`  ${CASES} cases in ${seconds.toFixed(1)} s of keys and answers, at most ${Math.max(...waits).toFixed(0)} ms a case: ${((PERSON - seconds) / CASES).toFixed(1)} s a case to read\n`);
  await page.waitForFunction(() => /Now/.test(document.querySelector('.bar [role=status]')?.textContent ?? ''));
  const after = await asks(url, 'link');
  const log = await asks(url, 'link/decisions?limit=50');
  ok([...seen].length === CASES && after.decided.same + after.decided.apart > before.decided.same + before.decided.apart, 'the program has the decisions');
  ok(log.decisions.slice(0, CASES).every((one) => one.why.trim() !== ''), 'each with a reason');
  ok(after.events < after.records && after.records === before.records, `${after.records} records, ${after.events} events`);
  return before;
}

/** Later comes last, keys are not taken from a field, what was written stays for the next case. */
async function byHand(page, ok) {
  const first = await item(page);
  await press(page, 'l');
  ok((await told(page)).startsWith('Set aside'), 'a case is set aside');
  await press(page, 'k');
  ok((await item(page)) === first, 'k leads back to it');
  await press(page, 'j');
  const reason = page.locator('.bar input');
  await reason.fill('a real letter');
  ok((await reason.inputValue()) === 'a real letter' && (await item(page)) !== first, 'letters are text in the reason');
  await page.keyboard.press('Enter');
  await press(page, 'j');
  ok((await reason.inputValue()) === 'a real letter', 'the reason is kept for the next case');
  await page.getByRole('button', { name: 'Offer from the evidence again' }).click();
  ok((await reason.inputValue()) !== 'a real letter', 'until another one is asked for');
  await reason.fill('  ');
  ok(await page.locator('.bar button.same').isDisabled(), 'no decision without a reason');
  await page.getByRole('button', { name: 'Offer from the evidence again' }).click();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  ok((await page.getByRole('dialog').count()) === 0, 'the keys are shown and put away');
}

/** A decision that the program refuses waits again, and the reader is told. */
async function refused(page, ok) {
  const id = await item(page);
  const problem = { id: 'busy', place: 'store', found: { en: 'another program writes', es: 'otro programa escribe' }, todo: { en: 'wait for it', es: 'espere' } };
  await page.route('**/api/v1/link/decide', (route) => route.fulfill({ status: 503, json: problem }));
  await press(page, 'a');
  const alert = page.locator('.bar .refused');
  await alert.waitFor();
  ok((await alert.innerText()).includes('another program writes'), 'why it was refused is said');
  await page.unroute('**/api/v1/link/decide');
  await alert.getByRole('button', { name: 'Open the case' }).click();
  await page.waitForFunction((wanted) => location.hash.includes(wanted), id);
  await ready(page);
  ok((await page.locator('article header .chip.same').count()) === 0, 'the case waits again');
}

/** Every decision is taken back, the last one first: the events are the records again. */
async function takenBack(page, url, ok, before) {
  for (let n = 0; n < CASES; n++) {
    await press(page, 'u');
    ok((await told(page)).startsWith('Undone'), `what was undone is said: ${await told(page)}`);
  }
  const after = await asks(url, 'link');
  assert.deepEqual([after.events, after.waiting, after.decided], [before.events, before.waiting, before.decided]);
  ok(true, 'undone, everything is as it was');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !location.hash.includes('item='));
  await settle(page);
  await page.goto(`${url}/#/link?show=decisions`);
  await settle(page);
  ok((await page.locator('main ol > li.over').count()) >= CASES, 'what was decided and taken back is told');
}

export async function tenCasesByKeyboard(browser, url, ok) {
  const { page, wrong, close } = await watched(browser, url);
  const before = await tenCases(page, url, ok);
  await byHand(page, ok);
  await refused(page, ok);
  await takenBack(page, url, ok, before);
  // The refused request is an error of the network for the console, and wanted.
  assert.deepEqual(wrong.filter((one) => !one.includes('503')), []);
  await close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { browser, url, stop } = await begin();
  const { ok, count } = counter(assert);
  try {
    await tenCasesByKeyboard(browser, url, ok);
    process.stdout.write(`${count()} checks passed against ${url}\n`);
  } finally {
    await stop();
  }
}
