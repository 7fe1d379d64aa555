// What every page must do, in a real browser: `npm run e2e`, against BASE_URL or the mock server.

import assert from 'node:assert/strict';
import { begin, LANGS, PAGES, settle, WIDTHS } from './browser.mjs';

const { browser, url, mocked, stop } = await begin();
let checks = 0;
const ok = (fact, message) => {
  assert.ok(fact, message);
  checks++;
};

/** A page that writes down every error and every request to another host. */
async function open(viewport, lang, more = {}) {
  const context = await browser.newContext({ viewport, locale: lang === 'es' ? 'es-PE' : 'en-US', ...more });
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(data|blob):/.test(address)) wrong.push(`request: ${address}`);
  });
  return { page, wrong, close: () => context.close() };
}

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function everyPage() {
  for (const [size, viewport] of Object.entries(WIDTHS)) {
    for (const lang of LANGS) {
      const { page, wrong, close } = await open(viewport, lang);
      for (const name of PAGES) {
        const where = `${name} ${lang} ${size}`;
        await page.goto(`${url}/#/${name}`);
        await settle(page);
        ok((await page.locator('main h1').count()) === 1, `${where}: one title`);
        ok((await page.getAttribute('html', 'lang')) === lang, `${where}: the language of the browser`);
        ok((await page.locator('nav a[aria-current=page]').count()) >= 1, `${where}: the page is marked`);
        ok((await overflow(page)) <= 0, `${where}: wider than the window`);
        ok((await page.locator('main [role=alert]').count()) === 0, `${where}: something failed`);
        const nameless = await page.$$eval('button, a, select, input', (all) => all.filter((one) => !one.textContent.trim() && !one.getAttribute('aria-label') && !one.labels?.length).length);
        ok(nameless === 0, `${where}: a control without a name`);
        const bare = await page.$$eval('table', (all) => all.filter((one) => !one.caption || !one.querySelector('th[scope=col]')).length);
        ok(bare === 0, `${where}: a table without a caption or headers`);
        await page.locator('main details > summary').first().click({ timeout: 500 }).catch(() => {});
        ok((await overflow(page)) <= 0, `${where}: wider than the window when opened`);
      }
      assert.deepEqual(wrong, [], `${lang} ${size}`);
      checks++;
      await close();
    }
  }
}

async function languageKeepsThePage() {
  const { page, close } = await open(WIDTHS.wide, 'en');
  const hash = '#/series?what=coca-area&area=PE';
  await page.goto(`${url}/${hash}`);
  await settle(page);
  await page.getByRole('button', { name: 'Español' }).click();
  await settle(page);
  ok((await page.evaluate(() => location.hash)) === hash, 'the address stays');
  ok((await page.getAttribute('html', 'lang')) === 'es', 'the page speaks Spanish');
  await page.reload();
  await settle(page);
  ok((await page.getAttribute('html', 'lang')) === 'es', 'the choice is remembered');
  const tlp = await page.locator('figure svg text', { hasText: 'TLP:' }).first().textContent();
  ok(/^TLP:(CLEAR|GREEN|AMBER|AMBER\+STRICT|RED)$/.test(tlp), 'a label is never translated');
  await close();
}

async function keyboard() {
  const { page, close } = await open(WIDTHS.wide, 'en');
  await page.goto(`${url}/#/sources`);
  await settle(page);
  await page.keyboard.press('Tab');
  ok(await page.evaluate(() => document.activeElement?.classList.contains('skip')), 'the skip link comes first');
  await page.keyboard.press('Enter');
  ok(await page.evaluate(() => document.activeElement?.id === 'main'), 'the skip link leads to the content');
  await page.goto('about:blank');
  await page.goto(`${url}/#/sources`);
  await settle(page);
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.getAttribute('href') === '#/held')) break;
  }
  ok(await page.evaluate(() => document.activeElement?.getAttribute('href') === '#/held'), 'the keyboard reaches the pages');
  ok(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none'), 'the focus is seen');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash.startsWith('#/held'));
  await settle(page);
  ok(await page.evaluate(() => document.activeElement?.id === 'main'), 'a new page takes the focus');
  await page.keyboard.press('Tab');
  ok(await page.evaluate(() => document.activeElement?.closest('main') !== null), 'the keyboard goes on in the content');
  await close();
}

async function attacksStayText() {
  const { page, wrong, close } = await open(WIDTHS.wide, 'en');
  for (const hash of ['#/held?source=demo-seizures', '#/held?source=demo-seizures&rule=unknown-area', '#/records?source=demo-seizures']) {
    await page.goto(`${url}/${hash}`);
    await settle(page);
    for (const summary of await page.locator('main details > summary').all()) await summary.click();
    ok((await page.locator('main').innerText()).includes('<img src=x'), `${hash}: the text is shown`);
    ok((await page.locator('main img, main script').count()) === 0, `${hash}: no element came of it`);
    ok(!(await page.title()).includes('taken'), `${hash}: it did not run`);
  }
  const hidden = await page.locator('main').evaluate((main) => main.textContent.includes('\u202e'));
  ok(!hidden, 'a character that turns text is spelled out');
  assert.deepEqual(wrong, []);
  await close();
}

async function themes() {
  const { page, close } = await open(WIDTHS.wide, 'en', { colorScheme: 'dark' });
  await page.goto(`${url}/#/map`);
  await settle(page);
  ok((await page.getAttribute('html', 'data-theme')) === 'dark', 'the system is followed');
  await page.getByRole('button', { name: 'Switch to light colours' }).click();
  await page.reload();
  await settle(page);
  ok((await page.getAttribute('html', 'data-theme')) === 'light', 'the choice is remembered');
  await close();
}

/** Answers that only a mock can give: nothing there yet, no answer, a problem, an account that is off. */
async function otherStates() {
  const status = await (await fetch(`${url}/api/v1/status`)).json();
  const problem = { id: 'busy', place: 'store', found: { en: 'another program writes', es: 'otro programa escribe' }, todo: { en: 'wait for it', es: 'espere' } };
  const [first] = status.sources;
  const cases = [
    [{ ...status, sources: [] }, 200, ['atalaya demo', 'atalaya collect']],
    [problem, 503, ['another program writes', 'wait for it']],
    [{ ...status, sources: [{ ...first, accepted: first.accepted - 3 }] }, 200, ['It does not add up: 3 rows']],
    [null, 0, ['atalaya serve', 'Try again']],
  ];
  for (const [body, code, wanted] of cases) {
    for (const viewport of Object.values(WIDTHS)) {
      const { page, close } = await open(viewport, 'en');
      await page.route('**/api/v1/status', (route) => (code === 0 ? route.abort() : route.fulfill({ status: code, json: body })));
      await page.goto(`${url}/#/sources`);
      await settle(page);
      const text = await page.locator('main').innerText();
      for (const words of wanted) ok(text.includes(words), `${code}: ${words}`);
      ok((await overflow(page)) <= 0, `${code}: wider than the window`);
      await close();
    }
  }
}

try {
  await everyPage();
  await languageKeepsThePage();
  await keyboard();
  await themes();
  if (mocked) {
    await attacksStayText();
    await otherStates();
  }
  process.stdout.write(`${checks} checks passed against ${url}\n`);
} finally {
  await stop();
}
