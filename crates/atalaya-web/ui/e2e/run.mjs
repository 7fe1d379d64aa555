// What every page must do, in a real browser, against the program of BASE_URL or a demo of its own.

import assert from 'node:assert/strict';
import { begin, cases, counter, everyPage, LANGS, settle, watched, WIDTHS } from './browser.mjs';

const { browser, url, stop } = await begin();
const { ok, count: checks } = counter(assert);
const pages = [...(await everyPage(url)), ...(await cases(url))];
const open = (viewport, lang, more = {}) => watched(browser, url, { viewport, lang, ...more });

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function standing() {
  for (const [size, viewport] of Object.entries(WIDTHS)) {
    for (const lang of LANGS) {
      const { page, wrong, close } = await open(viewport, lang);
      for (const [name, hash] of pages) {
        const where = `${name} ${lang} ${size}`;
        await page.goto(`${url}/#/${hash}`);
        await settle(page);
        ok((await page.locator('main h1').count()) === 1, `${where}: one title`);
        ok((await page.getAttribute('html', 'lang')) === lang, `${where}: the language of the browser`);
        ok((await page.locator('header nav a[aria-current=page], header nav a[aria-current=true]').count()) >= 1, `${where}: the page is marked`);
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
  for (let presses = 0; presses < 24; presses++) {
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

/** The menu of a phone opens, closes and leads on by keyboard alone. */
async function phoneMenu() {
  const { page, close } = await open(WIDTHS.phone, 'es');
  await page.goto(`${url}/#/home`);
  await settle(page);
  const menu = page.getByRole('button', { name: 'Menú' });
  await menu.focus();
  await page.keyboard.press('Enter');
  ok((await menu.getAttribute('aria-expanded')) === 'true', 'the menu opens');
  await page.keyboard.press('Escape');
  ok((await menu.getAttribute('aria-expanded')) === 'false', 'and closes');
  ok(await menu.evaluate((one) => one === document.activeElement), 'the focus is where it was');
  await page.keyboard.press('Enter');
  await page.locator('#menu a[href="#/vintages"]').focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash === '#/vintages');
  await settle(page);
  ok((await menu.getAttribute('aria-expanded')) === 'false', 'a page that was chosen closes it');
  ok(await page.evaluate(() => document.activeElement?.id === 'main'), 'and takes the focus');
  await close();
}

/** A facet, a sort and a page are in the address; the count follows; back takes them away. */
async function tables() {
  const { page, wrong, close } = await open(WIDTHS.wide, 'en');
  const count = async () => Number((await page.locator('p.count').innerText()).split(' ')[0].replaceAll(',', ''));
  await page.goto(`${url}/#/observations?facet=area`);
  await settle(page);
  const all = await count();
  const facet = page.locator('.facets li a').first();
  const wanted = Number((await facet.locator('.count').innerText()).replaceAll(',', ''));
  await facet.click();
  await settle(page);
  ok((await page.evaluate(() => location.hash)).includes('where=area'), 'the choice is in the address');
  ok((await count()) === wanted && wanted <= all, 'the count is the one the facet promised');
  ok((await page.locator('.facets a[aria-current]').count()) === 1, 'the choice is marked');
  await page.getByRole('link', { name: /^Value/ }).click();
  await settle(page);
  ok((await page.locator('th[aria-sort=descending]').count()) === 1, 'a number sorts from the largest');
  ok((await page.evaluate(() => location.hash)).includes('sort=-value'), 'the order is in the address');
  const file = page.locator('.tools a[href*="format=csv"]');
  ok(/where=area/.test((await file.getAttribute('href')) ?? '') && /sort=-value/.test((await file.getAttribute('href')) ?? ''), 'the file is what one sees');
  await page.goBack();
  await page.goBack();
  await settle(page);
  ok((await count()) === all, 'back takes the choices away');
  await page.getByRole('searchbox').fill('peru');
  await page.waitForFunction(() => location.hash.includes('find=peru'));
  assert.deepEqual(wrong, []);
  await close();
}

/** From a value in a table to its page: where it comes from, who may see it, verified. */
async function oneFigure() {
  const { page, close } = await open(WIDTHS.wide, 'en');
  await page.goto(`${url}/#/observations?where=area%3DPE`);
  await settle(page);
  await page.locator('td a[href^="#/figure"]').first().click();
  await page.waitForFunction(() => location.hash.startsWith('#/figure?id=fig-'));
  await settle(page);
  for (const title of ['Verify', 'Sources', 'The rows behind it', 'Who may see it', 'Cite it']) ok((await page.getByRole('heading', { name: title, exact: true }).count()) === 1, `${title} is there`);
  await page.getByRole('button', { name: /^Verify fig-/ }).click();
  await page.getByText(/✓ Verified/).first().waitFor();
  await page.goto(`${url}/#/figure?id=fig-0000000000000000`);
  await page.getByRole('heading', { name: 'No figure has this id here' }).waitFor();
  ok((await page.getByRole('textbox', { name: 'Id of a figure' }).count()) === 1, 'an unknown id is helped on');
  await close();
}

/** What was seen is remembered, and the first page then says what is new since. */
async function sinceLastTime() {
  const { page, close } = await open(WIDTHS.wide, 'en');
  await page.goto(`${url}/#/home`);
  await settle(page);
  await page.getByRole('button', { name: 'I have seen this' }).click();
  await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'));
  ok((await page.getByRole('button', { name: 'I have seen this' }).count()) === 0, 'seen is seen');
  await page.reload();
  await settle(page);
  ok((await page.locator('main').innerText()).includes('(your last visit)'), 'the last visit is remembered');
  await page.goto(`${url}/#/nowhere`);
  await settle(page);
  ok((await page.locator('main').innerText()).includes('There is no page at this address'), 'an unknown page says so');
  await close();
}

const ATTACK = ' <img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>\u202e';

/** An answer in which everything that came from files or recipes is hostile. */
function hostile(answer, key = '') {
  if (typeof answer === 'string') return ['en', 'es', 'producer', 'licence', 'found', 'name', 'title', 'reason', 'recipe', 'a', 'b', 'who', 'why'].includes(key) ? answer + ATTACK : answer;
  if (Array.isArray(answer)) return answer.map((one) => hostile(one, key));
  if (answer === null || typeof answer !== 'object') return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, hostile(value, name)]));
}

async function attacksStayText() {
  const { page, wrong, close } = await open(WIDTHS.wide, 'en');
  await page.route('**/api/v1/**', async (route) => {
    const answer = await route.fetch();
    const json = (answer.headers()['content-type'] ?? '').includes('json');
    await (json ? route.fulfill({ response: answer, json: hostile(await answer.json()) }) : route.fulfill({ response: answer }));
  });
  for (const [name, hash] of [...pages, ['held of one', 'held?source=demo-seizures']]) {
    await page.goto(`${url}/#/${hash}`);
    await settle(page);
    for (const summary of await page.locator('main details > summary').all()) if (await summary.isVisible()) await summary.click();
    ok((await page.locator('body').textContent()).includes('<img src=x'), `${name}: the text is shown`);
    ok((await page.locator('body img, main script').count()) === 0, `${name}: no element came of it`);
    ok(!(await page.title()).startsWith('taken'), `${name}: it did not run`);
  }
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

/** Answers that no demo gives: nothing there yet, no answer, a problem, an account that is off. */
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
      await page.route('**/api/v1/status*', (route) => (code === 0 ? route.abort() : route.fulfill({ status: code, json: body })));
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
  await standing();
  await languageKeepsThePage();
  await keyboard();
  await themes();
  await phoneMenu();
  await tables();
  await oneFigure();
  await sinceLastTime();
  await attacksStayText();
  await otherStates();
  process.stdout.write(`${checks()} checks passed against ${url}\n`);
} finally {
  await stop();
}
