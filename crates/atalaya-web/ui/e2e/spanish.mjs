// All of it is read in Spanish with the keyboard only: no pointer is used, and the focus is seen at every step.

import assert from 'node:assert/strict';
import { drawn, settle, watched } from './browser.mjs';

/** The titles of the pages, as a reader of Spanish finds them. */
const TITLES = {
  sources: 'Fuentes', collect: 'Cargar un archivo', held: 'Filas retenidas', observations: 'Observaciones', records: 'Registros',
  vintages: 'Ediciones', revisions: 'Revisiones', coverage: 'Cobertura', link: 'Vincular', series: 'Series', map: 'Mapa', evaluations: '¿Funcionó?', publish: 'Publicar',
};
/** The way through the menu: a group, then each of its pages but the first, by their sub-menu. */
const WAY = [['sources', ['collect', 'held']], ['observations', ['records', 'vintages', 'revisions', 'coverage']], ['link', []], ['series', []], ['map', []], ['evaluations', []], ['publish', []]];
const MOST = 120;

/** Runs in the page: what has the focus, and whether one can see that it has. */
function focused() {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const { top, bottom, width } = one.getBoundingClientRect();
  return {
    href: one.getAttribute('href') ?? '', tag: one.tagName, type: one.getAttribute('type') ?? '', id: one.id, classes: one.className.toString(),
    seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && width > 0 && bottom > 0 && top < innerHeight,
    what: `${one.tagName} ${(one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 40)}`,
  };
}

export async function inSpanishByKeyboard(browser, url, ok) {
  const { page, wrong, close } = await watched(browser, url, { lang: 'es' });

  /** Tabs on until what has the focus is what is looked for; every stop on the way must be seen. */
  async function tabTo(wanted, what, back = false) {
    for (let presses = 0; presses < MOST; presses++) {
      await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
      const at = await page.evaluate(focused);
      if (!at) continue;
      ok(at.seen, `the focus is seen on ${at.what}, at ${await page.evaluate(() => location.hash)}`);
      if (wanted(at)) return at;
    }
    return assert.fail(`the keyboard does not reach ${what}`);
  }

  /** The page that has come: in Spanish, the title its own, the focus in it. */
  async function arrived(name) {
    await page.waitForFunction((wanted) => location.hash.startsWith(`#/${wanted}`), name);
    await settle(page);
    ok((await page.locator('main h1').innerText()) === TITLES[name], `${name}: the title is Spanish`);
    ok((await page.getAttribute('html', 'lang')) === 'es', `${name}: the language stays`);
    ok(await page.evaluate(() => document.activeElement?.id === 'main'), `${name}: the page takes the focus`);
  }

  /** From anywhere on a page to the link of another, from the top as a reader would go. */
  async function follow(name) {
    // The content has the focus, and what leads on stands before it.
    await tabTo((at) => at.href === `#/${name}`, `the link to ${name}`, true);
    await page.keyboard.press('Enter');
    await arrived(name);
  }

  await page.goto(`${url}/`);
  await settle(page);
  ok((await page.locator('main h1').innerText()).length > 0 && (await page.getAttribute('html', 'lang')) === 'es', 'the browser asked for Spanish');
  await tabTo((at) => at.classes.includes('skip'), 'the skip link');
  await page.keyboard.press('Enter');
  ok(await page.evaluate(() => document.activeElement?.id === 'main'), 'the skip link leads to the content');
  for (const [first, others] of WAY) {
    await follow(first);
    if (first === 'series') await aPoint();
    if (first === 'map') await aYear();
    for (const name of others) await follow(name);
  }
  await tabTo((at) => at.href === '#/sources', 'the sources again', true);
  await page.keyboard.press('Enter');
  await arrived('sources');
  await aDetail();
  assert.deepEqual(wrong, []);
  await close();

  /** The points of a chart are read by arrows, and said; Enter opens the figure of one. */
  async function aPoint() {
    await drawn(page);
    await tabTo((at) => at.classes.includes('drawing'), 'the chart');
    const heard = new Set();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'End', 'ArrowDown']) {
      await page.keyboard.press(key);
      const said = await page.locator('.drawing [aria-live]').innerText();
      ok(/\d{4}: /.test(said), `${key} says a point: ${said}`);
      heard.add(said);
    }
    ok(heard.size > 2, `arrows lead to other points: ${[...heard].join(' | ')}`);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash.startsWith('#/figure?id=fig-'));
    await settle(page);
    for (const title of ['Las filas que la sustentan', 'Citarla']) ok((await page.getByRole('heading', { level: 2 }).allInnerTexts()).some((one) => one.startsWith(title)), `the figure says “${title}”`);
    ok(await page.evaluate(() => document.activeElement?.id === 'main'), 'the figure takes the focus');
  }

  /** Another year of the map by the arrows of its slider, said in Spanish. */
  async function aYear() {
    await drawn(page);
    await tabTo((at) => at.type === 'range', 'the slider');
    const before = await page.locator('output').innerText();
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((old) => document.querySelector('output')?.textContent !== old, before);
    const year = await page.locator('output').innerText();
    ok((await page.getByRole('slider').getAttribute('aria-valuetext')) === `Año ${year}`, 'the slider says the year in Spanish');
    await page.waitForFunction((at) => document.querySelector('.stage svg.atalaya-chart')?.getAttribute('aria-label')?.includes(at), year);
    await settle(page);
    ok(await page.evaluate(() => document.activeElement?.getAttribute('type') === 'range'), 'the slider keeps the focus when the drawing comes');
  }

  /** Something folded is unfolded. */
  async function aDetail() {
    await tabTo((at) => at.tag === 'SUMMARY', 'something folded');
    await page.keyboard.press('Enter');
    ok(await page.evaluate(() => document.activeElement?.closest('details')?.open === true), 'Enter unfolds it');
  }
}
