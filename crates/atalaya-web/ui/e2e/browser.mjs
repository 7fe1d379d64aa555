// The browser of the tests, the program they look at (BASE_URL, else a demo of their own), and a
// page that writes down what must not happen.

import { chromium } from 'playwright-core';
import { demo } from './program.mjs';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

const PAGES = ['home', 'sources', 'collect', 'held', 'observations', 'records', 'vintages', 'revisions', 'coverage', 'link', 'series', 'reconcile', 'national', 'map', 'routes', 'country', 'evaluations', 'assess', 'publish'];
export const LANGS = ['en', 'es'];
export const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

export async function begin() {
  const own = process.env.BASE_URL ? null : await demo();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ARGUMENTS });
  const stop = async () => {
    await browser.close();
    await own?.stop();
  };
  return { browser, url: (process.env.BASE_URL ?? own.url).replace(/\/+$/, ''), stop };
}

/** Asks the program itself, beside the pages. */
export async function asks(url, path) {
  const answer = await fetch(`${url}/api/v1/${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Every page there is, by name and address: those the menu lists, and one figure that the program holds. */
export async function everyPage(url) {
  const { rows } = await asks(url, 'query?what=coca-area&area=PE&by=year,area,definition,source');
  const figure = rows.find((row) => row.figure)?.figure;
  if (!figure) throw new Error('the program holds no figure of coca in Peru');
  const { evaluations } = await asks(url, 'evaluations');
  const answered = evaluations.find(({ found }) => found) ?? evaluations[0];
  const one = answered ? [['evaluation', `evaluation?id=${answered.id}`]] : [];
  return [...PAGES.map((name) => [name, name]), ['compact', 'compact?id=demo-pe-us'], ['figure', `figure?id=${figure}`], ...one];
}

/** A list and a pair of the review desk, by name and address, where there are any. */
export async function cases(url) {
  const { batches, pairs } = await asks(url, 'link?status=any&limit=1');
  return [['a list', batches[0]?.id], ['a pair', pairs[0]?.id]].flatMap(([name, id]) => (id ? [[name, `link?status=any&item=${id}`]] : []));
}

/** A browser that speaks a language, and a page in it that writes down every error and every request to another host. */
export async function watched(browser, url, { viewport = WIDTHS.wide, lang = 'en', ...more } = {}) {
  const context = await browser.newContext({ viewport, locale: lang === 'es' ? 'es-PE' : 'en-US', ...more });
  const wrong = [];
  context.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(`console: ${message.text()}`));
  context.on('weberror', (error) => wrong.push(`error: ${error.error().message}`));
  context.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(`${url}/`) && !/^(data|blob):/.test(address)) wrong.push(`request: ${address}`);
  });
  return { page: await context.newPage(), wrong, close: () => context.close() };
}

/** A page that has settled: nothing is loading and no answer is on its way. */
export async function settle(page) {
  await page.waitForSelector('main h1, main [role=alert]');
  await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** A drawing of the program has come, with marks in it. */
export async function drawn(page) {
  await page.waitForSelector('figure .stage svg [data-name]', { state: 'attached' });
  await settle(page);
}

/** In a page: the colours of a map's areas, as one text. */
export const coloured = "() => [...document.querySelectorAll('.stage [data-area]')].map((one) => one.getAttribute('fill') ?? getComputedStyle(one).fill).join()";
export const fills = (page) => page.evaluate(`(${coloured})()`);

/** Keeps every drawing on its way back until it is let go: what changes meanwhile changed in place. */
export async function held(page) {
  let letGo;
  const gate = new Promise((done) => (letGo = done));
  const wait = async (route) => {
    await gate;
    await route.continue();
  };
  await page.route('**/api/v1/chart?**', wait);
  return async () => {
    letGo();
    await page.unroute('**/api/v1/chart?**', wait);
  };
}

/** A count of what held, for the last line. */
export function counter(assert) {
  let checks = 0;
  const ok = (fact, message) => {
    assert.ok(fact, message);
    checks++;
  };
  return { ok, count: () => checks };
}
