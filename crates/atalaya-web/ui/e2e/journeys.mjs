// The journeys of people who use it, in a real browser against a program that may be written
// to. Each says its name when it has passed; no request leaves the host and no console error is made.

import assert from 'node:assert/strict';
import { asks, begin, coloured, counter, drawn, fills, held, settle, watched } from './browser.mjs';
import { tenCasesByKeyboard } from './link.mjs';
import { mySpreadsheet } from './load.mjs';
import { aCountryInAMinute, anArrowAndItsRecords, yearsAndMethods } from './routes.mjs';
import { inSpanishByKeyboard } from './spanish.mjs';
import { didItWork } from './worked.mjs';

const { browser, url, stop } = await begin();
const { ok, count } = counter(assert);
const FIGURE = /fig-[0-9a-f]{16}/;

/** One menu entry, then its page. */
async function go(page, name) {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  await settle(page);
}

const choice = (page, name) => page.getByRole('combobox', { name, exact: true });

/** Presses a mark of the drawing: first to see it, then to go to its figure. */
async function press(page, mark) {
  const { x, y, width, height } = await mark.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.locator('.tip').waitFor();
  await page.mouse.click(x + width / 2, y + height / 2);
  await page.waitForFunction(() => location.hash.startsWith('#/figure?id=fig-'));
  await settle(page);
}

const plain = (text) => text.replaceAll(',', '');

/** Peru's coca from 2018 to 2024 is found from the first page, and its last point is cited. */
async function cocaOfPeru() {
  const { page, wrong, close } = await watched(browser, url);
  await page.goto(`${url}/`);
  await settle(page);
  await go(page, 'Series');
  const pick = async (label, option) => {
    await choice(page, label).selectOption(option);
    await settle(page);
  };
  await pick('What', { value: 'coca-area' });
  await pick('Areas', { label: 'Peru' });
  await pick('From', '2018');
  await pick('To', '2024');
  await drawn(page);
  const { rows } = await asks(url, 'query?what=coca-area&area=PE&from=2018&to=2024&by=year,area,substance,definition,breakdown,source');
  const last = rows.findLast((row) => row.year === '2024');
  ok(rows.length > 7 && last !== undefined, 'the program holds 2018 to 2024');
  const years = await page.$$eval('figure .stage [data-at][data-value]', (all) => all.map((one) => Number(one.dataset.at)));
  ok(Math.min(...years) === 2018 && Math.max(...years) === 2024, 'the drawing has these years and no other');
  await press(page, page.locator(`figure .stage [data-figure="${last.figure}"]`).first());
  const shown = await page.locator('main .value b').innerText();
  ok(plain(shown) === last.value, `the page says ${shown}, the program ${last.value}`);
  const cite = await page.locator('main section', { has: page.getByRole('heading', { name: 'Cite it' }) }).locator('code').first().innerText();
  ok(cite.includes(last.figure) && cite.includes(shown) && cite.includes('2024'), `what is cited names the value and its id: ${cite}`);
  await page.goBack();
  await drawn(page);
  ok((await page.evaluate(() => location.hash)).includes('from=2018'), 'back leads to the same view');
  assert.deepEqual(wrong, []);
  await close();
}

/** A CSV file as rows by column; the files of the program quote what needs it. */
function table(text) {
  const cells = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const head = cells(lines[0]);
  return lines.slice(1).map((line) => Object.fromEntries(cells(line).map((cell, i) => [head[i], cell])));
}

/** The areas of the map that have a value, as text. */
const shownAreas = (page) => page.$$eval('figure .stage [data-area][data-value]', (all) => [...new Map(all.map((one) => [one.dataset.area, Number(one.dataset.value)]))].toSorted(([a], [b]) => a.localeCompare(b)));

async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name, exact: true }).click()]);
  const parts = [];
  for await (const part of await file.createReadStream()) parts.push(part);
  return { bytes: Buffer.concat(parts), name: file.suggestedFilename() };
}

/** How far two pictures differ, from 0 to 255, looked at from a distance. */
function apart(page, svg, png) {
  return page.evaluate(async (sources) => {
    const seen = [];
    for (const src of sources) {
      const image = Object.assign(new Image(), { src });
      await image.decode();
      const paper = Object.assign(document.createElement('canvas'), { width: 180, height: 120 }).getContext('2d');
      paper.fillRect(0, 0, 180, 120);
      paper.drawImage(image, 0, 0, 180, 120);
      seen.push(paper.getImageData(0, 0, 180, 120).data);
    }
    return seen[0].reduce((sum, value, i) => sum + Math.abs(value - seen[1][i]), 0) / seen[0].length;
  }, [`data:image/svg+xml;base64,${svg.toString('base64')}`, `data:image/png;base64,${png.toString('base64')}`]);
}

/** Where cocaine was seized is seen on the map of a year, and what is seen is downloaded. */
async function whereCocaineWasSeized() {
  const { page, wrong, close } = await watched(browser, url);
  await page.goto(`${url}/`);
  await settle(page);
  await go(page, 'Map');
  await choice(page, 'What').selectOption('seized-mass');
  await settle(page);
  await choice(page, 'Substances').selectOption({ label: 'Cocaine hydrochloride' });
  await drawn(page);
  const before = await fills(page);
  const release = await held(page);
  await page.getByRole('slider').press('ArrowLeft');
  await page.waitForFunction(`(${coloured})() !== ${JSON.stringify(before)}`);
  ok(true, 'the slider changes the colours while no answer has come');
  await release();
  // The drawing of that year, with its counts, comes when the slider rests.
  const year = await page.locator('output').innerText();
  await page.waitForFunction((at) => document.querySelector('.stage svg.atalaya-chart')?.getAttribute('aria-label')?.includes(at), year);
  await settle(page);
  const areas = await shownAreas(page);
  const csv = await download(page, 'CSV');
  const rows = table(csv.bytes.toString('utf8')).filter((row) => row.year === year && row.value !== '');
  assert.deepEqual(rows.map((row) => [row.area, Number(row.value)]).toSorted(([a], [b]) => a.localeCompare(b)), areas, 'the file holds the areas and values of the map');
  ok(areas.length > 2, `${areas.length} areas are on the map`);
  const figure = FIGURE.exec(await page.locator('.ways a code').first().innerText())?.[0];
  const svg = await download(page, 'SVG');
  const png = await download(page, 'PNG');
  ok(svg.bytes.toString('utf8').includes(`data-figure="${figure}"`), 'the drawing that is downloaded has the id of the one that is seen');
  ok(svg.name.replace(/svg$/, '') === png.name.replace(/png$/, '') && svg.name.includes(year), `${svg.name} and ${png.name} are one figure`);
  const differ = await apart(page, svg.bytes, png.bytes);
  ok(differ < 12, `SVG and PNG show the same (${differ.toFixed(1)} of 255)`);
  assert.deepEqual(wrong, []);
  await close();
}

/** A bulletin is begun and made; one of its numbers leads to the rows it rests on. */
async function bulletinToRows() {
  const { page, wrong, close } = await watched(browser, url);
  const name = `bulletin-${Date.now().toString(36)}`;
  await page.goto(`${url}/`);
  await settle(page);
  await go(page, 'Publish');
  await page.getByRole('textbox', { name: /Its name/ }).fill(name);
  await page.getByRole('button', { name: 'Begin', exact: true }).click();
  const card = page.locator('li.card', { has: page.locator(`code:text("atalaya publish bulletin ${name} ")`) });
  await card.waitFor();
  await card.locator('button.primary').click();
  await card.getByRole('link', { name: /HTML.*English|English.*HTML/ }).waitFor({ timeout: 120_000 });
  const [sheet] = await Promise.all([page.waitForEvent('popup'), card.getByRole('link', { name: /HTML.*English|English.*HTML/ }).click()]);
  await sheet.waitForLoadState();
  const number = sheet.locator('main [data-figure], article [data-figure], [data-figure]').filter({ hasText: /\d/ }).first();
  const [value, id] = [await number.innerText(), await number.getAttribute('title')];
  ok(FIGURE.test(id ?? ''), `the number ${value} of the bulletin names its figure`);
  // A bulletin is a file that may lie anywhere: its ids are asked for where the data are.
  await sheet.goto(`${url}/#/figure`);
  await sheet.getByRole('textbox', { name: 'Id of a figure' }).fill(id);
  await sheet.keyboard.press('Enter');
  await sheet.waitForFunction((figure) => location.hash.includes(figure), id);
  await settle(sheet);
  ok((await sheet.locator('main .value b').innerText()) === value, 'the page of the figure says the same number');
  ok((await sheet.locator('main code', { hasText: id }).count()) > 0, 'the number leads to the page of its figure');
  ok((await sheet.locator('main section', { has: sheet.getByRole('heading', { name: 'The rows behind it' }) }).locator('tbody tr').count()) > 0, 'the rows behind it are there');
  await sheet.getByRole('button', { name: /^Verify fig-/ }).click();
  await sheet.getByText(/✓ Verified/).first().waitFor();
  assert.deepEqual(wrong, []);
  await close();
}

const JOURNEYS = {
  'load my spreadsheet and resolve two held rows': () => mySpreadsheet(browser, url, ok),
  "find Peru's coca 2018-2024 and cite it": cocaOfPeru,
  'see where cocaine was seized on the map and download what I see': whereCocaineWasSeized,
  'make the bulletin and trace one number to its rows': bulletinToRows,
  'decide ten cases of the review desk by keyboard': () => tenCasesByKeyboard(browser, url, ok),
  'open an arrow of the flow map and see its records': () => anArrowAndItsRecords(browser, url, ok),
  'go through the years and methods of a Sankey by keyboard': () => yearsAndMethods(browser, url, ok),
  'learn of Peru in one minute': () => aCountryInAMinute(browser, url, ok),
  'read whether a programme worked and take the folder': () => didItWork(browser, url, ok),
  'read it all in Spanish with the keyboard only': () => inSpanishByKeyboard(browser, url, ok),
};

try {
  for (const [name, journey] of Object.entries(JOURNEYS)) {
    if (process.argv[2] && !name.includes(process.argv[2])) continue;
    const since = performance.now();
    await journey();
    process.stdout.write(`passed: ${name} (${((performance.now() - since) / 1000).toFixed(1)} s)\n`);
  }
  process.stdout.write(`${count()} checks passed against ${url}\n`);
} finally {
  await stop();
}
