// Series and maps on the program's own drawings: what the marks answer, and that a hostile drawing
// comes to nothing: a hostile answer is put in its place on the way.

import assert from 'node:assert/strict';
import { begin, coloured, counter, drawn, fills, held, settle, watched } from './browser.mjs';

const { browser, url, stop } = await begin();
const { ok, count: checks } = counter(assert);
const open = () => watched(browser, url);

const HOSTILE = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="200" viewBox="0 0 300 200" onload="window.taken=1">
<style>@import url(https://evil.example/x.css); * { fill: red }</style><script>window.taken=2</script>
<foreignObject width="100" height="100"><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="window.taken=3"/></body></foreignObject>
<a xlink:href="javascript:window.taken=4"><text y="20">press</text></a><image href="https://evil.example/pixel.png"/><use href="https://evil.example/x.svg#a"/>
<animate onbegin="window.taken=5" attributeName="x" dur="1s"/><rect fill="url(https://evil.example/p#x)" width="10" height="10"/>
<g class="line" data-name="safe &lt;img src=x&gt;"><path class="point" d="M10 10h4v4h-4z" fill="#123456" data-name="safe &lt;img src=x&gt;" data-at="2020" data-value="5" onclick="window.taken=6"/></g></svg>`;

async function hostileDrawing() {
  const { page, wrong, close } = await open();
  await page.route('**/api/v1/chart?**', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), svg: HOSTILE, alt: '<img src=x onerror=1>' } });
  });
  await page.goto(`${url}/#/series?what=coca-area&area=PE`);
  await drawn(page);
  await page.locator('.stage path').click();
  await page.waitForTimeout(300);
  const found = await page.evaluate(() => ({
    taken: window.taken,
    bad: document.querySelectorAll('.stage script, .stage style, .stage foreignObject, .stage image, .stage use, .stage a, .stage animate, main img').length,
    handlers: [...document.querySelectorAll('.stage *')].flatMap((one) => [...one.attributes]).filter(({ name, value }) => name.startsWith('on') || /url\(http|javascript:/.test(value)).length,
  }));
  assert.deepEqual(found, { taken: undefined, bad: 0, handlers: 0 });
  ok((await page.locator('.tip').innerText()).includes('safe <img src=x>'), 'a name is text');
  assert.deepEqual(wrong, []);
  await close();
}

async function marksAnswer() {
  const { page, wrong, close } = await open();
  await page.goto(`${url}/#/series?what=coca-area&area=PE`);
  await drawn(page);
  await settle(page);
  await page.locator('.drawing').focus();
  const at = async (key) => (await page.keyboard.press(key), page.locator('.tip .value').innerText());
  let [first, second] = [await at('ArrowRight'), await at('ArrowRight')];
  // The first line may be a single value: up or down leads to another of its year.
  for (const other of ['ArrowUp', 'ArrowDown']) if (first === second) [first, second] = [await at(other), await at('ArrowRight')];
  ok(first !== second && /\d/.test(second), 'arrows walk along a line');
  ok((await page.locator('.drawing [aria-live]').innerText()).includes(second), 'what is shown is said');
  await page.keyboard.press('Escape');
  ok((await page.locator('.tip').count()) === 0, 'Escape puts it away');
  const key = page.locator('button[aria-pressed]', { hasText: /UNODC|DEVIDA|net area/ }).first();
  const name = (await key.innerText()).trim();
  await key.click();
  ok((await page.evaluate(() => location.hash)).includes('hide='), 'what is hidden is in the address');
  ok((await page.evaluate((line) => document.querySelector(`.stage g.line[data-name="${CSS.escape(line)}"]`)?.getAttribute('visibility'), name)) === 'hidden', 'the line is out of sight');
  for (const [label, type] of [['SVG', 'image/svg+xml'], ['PNG', 'image/png'], ['CSV', 'text/csv'], ['XLSX', 'spreadsheetml']]) {
    const href = await page.getByRole('link', { name: label, exact: true }).getAttribute('href');
    const answer = await page.request.get(`${url}${href}`);
    ok(answer.ok() && (answer.headers()['content-type'] ?? '').includes(type), `${label} can be taken away`);
  }
  await page.locator('.drawing').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash.startsWith('#/figure?id=fig-'));
  ok(true, 'a point leads to its figure');
  assert.deepEqual(wrong, []);
  await close();
}

async function mapOfYears() {
  const { page, wrong, close } = await open();
  await page.goto(`${url}/#/map?what=seizures`);
  await drawn(page);
  await settle(page);
  const areas = await page.locator('.stage [data-area]').count();
  if (areas === 0) {
    process.stdout.write('SKIPPED: this program draws no outlines\n');
    await close();
    return;
  }
  const before = await fills(page);
  const release = await held(page);
  await page.getByRole('slider').press('ArrowLeft');
  await page.waitForFunction(`(${coloured})() !== ${JSON.stringify(before)}`);
  ok(true, 'another year is shown while no answer has come');
  await release();
  const year = await page.locator('output').innerText();
  ok((await page.locator('.stage svg').first().textContent()).includes(year), 'the title says the year shown');
  const swatch = page.locator('.stage [role=button]').first();
  await swatch.press('Enter');
  ok((await page.locator('.stage svg.land [data-area][opacity]').count()) > 0, 'a class can be shown alone');
  assert.deepEqual(wrong, []);
  await close();
}

try {
  await hostileDrawing();
  await marksAnswer();
  await mapOfYears();
  process.stdout.write(`${checks()} checks passed against ${url}\n`);
} finally {
  await stop();
}
