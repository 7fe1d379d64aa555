// Routes as people use them: an arrow opened by pointer and by key, its records, a country in a minute.

import assert from 'node:assert/strict';
import { asks, drawn, settle, watched } from './browser.mjs';

/** A place on an arrow that nothing lies over, in pixels of the window. */
const onArrow = (page, link) =>
  page.evaluate((wanted) => {
    const hit = document.querySelector(`.stage .hit[data-link="${wanted}"]`);
    const on = hit.getScreenCTM();
    for (let part = 0.3; part < 0.8; part += 0.05) {
      const at = hit.getPointAtLength(hit.getTotalLength() * part).matrixTransform(on);
      if (document.elementFromPoint(at.x, at.y) === hit) return { x: at.x, y: at.y };
    }
    return null;
  }, link);

/** An arrow is pressed, and what it rests on is what the program holds. */
export async function anArrowAndItsRecords(browser, url, ok) {
  const { page, wrong, close } = await watched(browser, url);
  await page.goto(`${url}/#/routes?method=observed`);
  await settle(page);
  await drawn(page);
  const atlas = await asks(url, 'routes?group=coca&method=observed');
  const links = await page.$$eval('.stage .hit', (all) => all.map((one) => one.dataset.link));
  ok(links.length > 3 && links.every((one) => atlas.edges.some((edge) => `${edge.from}>${edge.to}` === one)), `${links.length} arrows, each a link of the program`);
  ok((await page.locator('.aside .unknown .big').innerText()) !== '', 'what is not known stands beside the map');
  await page.locator('.stage').scrollIntoViewIfNeeded();
  let pressed;
  for (const link of links) {
    const at = await onArrow(page, link);
    if (!at) continue;
    await page.mouse.move(at.x, at.y);
    await page.locator('.tip').waitFor();
    await page.mouse.click(at.x, at.y);
    pressed = link;
    break;
  }
  const edge = atlas.edges.find((one) => `${one.from}>${one.to}` === pressed);
  await page.waitForFunction((link) => decodeURIComponent(location.hash).includes(`link=${link}`), pressed);
  await settle(page);
  const panel = page.locator('section.link');
  const said = (await panel.innerText()).replaceAll(',', '');
  ok(said.includes(String(edge.records)), `the panel says ${edge.records} records`);
  const behind = await asks(url, `routes/records?method=observed&from_place=${edge.from}&to_place=${edge.to}&limit=20`);
  ok((await panel.locator('.scroll tbody tr').count()) === behind.rows.length, 'its records are those of the program');
  // The same by key: another link is reached and opened, and closing leads back.
  await page.getByRole('group', { name: /^Drawing/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.tip').waitFor();
  const before = await page.evaluate(() => location.hash);
  for (let tries = 0; tries < 6 && (await page.evaluate(() => location.hash)) === before; tries++) {
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await settle(page);
    if ((await page.evaluate(() => location.hash)) === before) await page.getByRole('group', { name: /^Drawing/ }).focus();
  }
  ok((await page.evaluate(() => location.hash)) !== before, 'Enter on an arrow opens another link');
  ok(await page.evaluate(() => document.activeElement?.tagName === 'H2'), 'the keyboard is led to what was opened');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !location.hash.includes('link='));
  await page.getByText(/^All links/).click();
  ok((await page.locator('details.table tbody tr').count()) > 3, 'the same links are a table');
  assert.deepEqual(wrong, []);
  await close();
}

/** A year is chosen with the keyboard alone, and the method changes what is drawn. */
export async function yearsAndMethods(browser, url, ok) {
  const { page, wrong, close } = await watched(browser, url);
  await page.goto(`${url}/#/routes?what=sankey`);
  await settle(page);
  await drawn(page);
  ok((await page.locator('.stage .ghost').count()) > 0, 'the joint estimate has intervals');
  const slider = page.getByRole('slider');
  await slider.focus();
  await slider.press('End');
  await page.waitForFunction(() => /year=\d{4}/.test(location.hash));
  await settle(page);
  await slider.press('Home');
  await page.waitForFunction(() => !location.hash.includes('year='));
  await page.getByRole('combobox', { name: 'Method' }).selectOption('published');
  await settle(page);
  await page.waitForFunction(() => document.querySelectorAll('.stage .ghost').length === 0 && document.querySelectorAll('.stage .hit').length > 0);
  ok((await page.getByRole('slider').count()) === 0, 'the published method knows no years');
  assert.deepEqual(wrong, []);
  await close();
}

/** Peru in one minute, in both languages: the five questions are answered with the program's numbers. */
export async function aCountryInAMinute(browser, url, ok) {
  for (const lang of ['en', 'es']) {
    const { page, wrong, close } = await watched(browser, url, { lang });
    await page.goto(`${url}/#/routes/PE`);
    await settle(page);
    await drawn(page);
    const answer = await asks(url, 'routes/country?area=PE&group=coca&method=joint');
    const shown = (await page.locator('.minute').innerText()).replace(/\s+/g, ' ');
    for (const part of answer.parts) {
      ok(part.text.length > 0, `${part.id} is answered`);
      for (const sentence of part.text) ok(shown.includes(sentence[lang].replace(/\s+/g, ' ')), `${lang}: ${sentence[lang]}`);
    }
    ok(/^(Peru in one minute|Perú en un minuto)$/.test(await page.locator('h1').innerText()), 'the country is named');
    await page.locator('main table a').first().click();
    await page.waitForFunction(() => location.hash.startsWith('#/routes?') && location.hash.includes('link='));
    await settle(page);
    assert.deepEqual(wrong, []);
    await close();
  }
}
