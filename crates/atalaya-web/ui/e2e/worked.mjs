// Whether something worked: a made-up panel with a known effect is put beside a design, registered,
// and read by somebody who knows no econometrics, then by the keyboard.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asks, drawn, settle, watched } from './browser.mjs';

export const DESIGN = 'e2e-cacao';
/** The planted change, in hectares. */
const EFFECT = -12;

/** Numbers between -1 and 1, the same every time, without a pattern that could pass for an effect. */
function noise(unit, year) {
  let x = (Math.imul(unit + 1, 0x9e3779b1) ^ Math.imul(year, 0x85ebca6b)) >>> 0;
  for (const by of [0x2c1b3c6d, 0x297a2d39]) x = Math.imul(x ^ (x >>> 15), by) >>> 0;
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 31 - 1;
}

/** Thirty places over twelve years, ten of them with the programme from 2016. */
function panel() {
  const rows = [];
  for (let unit = 0; unit < 30; unit++) {
    for (let year = 2010; year < 2022; year++) {
      const treated = unit % 3 === 0;
      const y = 80 + unit + (year - 2010) * 1.5 + 3 * noise(unit, year) + (treated && year >= 2016 ? EFFECT : 0);
      rows.push([`p${String(unit).padStart(2, '0')}`, year, y.toFixed(3), treated ? 2016 : 0, unit < 15 ? 'sierra' : 'selva'].join(','));
    }
  }
  return ['place,year,hectares,start,zone', ...rows].join('\n');
}

const TEXT = `title = { en = "A made-up cacao programme", es = "Un programa inventado de cacao" }
question = { en = "Did the made-up cacao programme reduce coca?", es = "¿El programa inventado de cacao redujo la coca?" }
estimand = { en = "the mean change in places with the programme", es = "el cambio medio en los lugares con el programa" }
would-change = { en = "places with it that were already moving apart", es = "que los lugares con él ya se vinieran separando" }
subgroups = ["zone"]

[programme]
name = { en = "Made-up cacao programme", es = "Programa inventado de cacao" }
start = 2016
cohort = "start"

[outcome]
name = { en = "Hectares of coca", es = "Hectáreas de coca" }
unit = { en = "hectares", es = "hectáreas" }
column = "hectares"
better = "lower"
smallest = 2.0

[data]
file = "panel.csv"
tlp = "TLP:GREEN"
unit = "place"
time = "year"

[method]
id = "did"
looks = { kind = "once" }
`;

/** Puts the design and its data into an observatory's folder and registers it; another is left a draft. */
export function plantDesign(place, run) {
  for (const [id, text] of [[DESIGN, TEXT], ['e2e-draft', TEXT.replaceAll('cacao', 'coffee')]]) {
    const folder = join(place, 'designs', id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'design.toml'), text);
    writeFileSync(join(folder, 'panel.csv'), panel());
  }
  run(['evaluate', 'register', DESIGN, '--why', 'to be read in a test', '--dir', place]);
}

/** From the menu to the answer, its checks, its drawings by keys, the appendix and the folder. */
export async function didItWork(browser, url, ok) {
  const { page, wrong, close } = await watched(browser, url);
  await page.goto(`${url}/`);
  await settle(page);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Evaluate', exact: true }).click();
  await settle(page);
  const card = page.locator('li.card', { has: page.getByRole('heading', { name: 'A made-up cacao programme' }) });
  ok((await card.innerText()).toLowerCase().includes('improved'), 'the list says the verdict in words');
  ok((await page.locator('li.card', { hasText: 'coffee' }).innerText()).includes('no answer yet'), 'a draft has no answer');
  await card.getByRole('link').click();
  await settle(page);
  const { finding, parts, files } = await asks(url, `evaluations/one?id=${DESIGN}`);
  ok(Math.abs(finding.effect.estimate - EFFECT) < 1.5, `the planted ${EFFECT} is found: ${finding.effect.estimate}`);
  ok((await page.locator('main h1').innerText()) === 'Did the made-up cacao programme reduce coca?', 'the question is the title');
  const text = await page.locator('main').innerText();
  for (const { en } of finding.sentences) ok(text.includes(en), `it says: ${en}`);
  await drawn(page);
  // Every drawing is reached by the arrow keys.
  await page.getByRole('tab', { selected: true }).focus();
  for (const { id } of parts.slice(1)) {
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((what) => location.hash.includes(`what=${what}`) && document.activeElement?.id === `tab-${what}`, id);
    await drawn(page);
  }
  ok(parts.length >= 4, `${parts.length} drawings`);
  const check = page.locator('main details', { hasText: 'What this means' }).first();
  await check.locator('summary').press('Enter');
  ok((await check.locator('p').innerText()).length > 60, 'a check says what it means');
  await page.getByText('Read the appendix').press('Enter');
  await page.locator('main h3', { hasText: 'What was asked' }).waitFor();
  await settle(page);
  ok((await page.locator('main').innerText()).includes('Callaway'), 'the appendix names the paper');
  const [zip] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /whole folder/ }).click()]);
  ok(zip.suggestedFilename() === `${DESIGN}.zip`, 'the folder comes as one file');
  ok(files.includes('finding.json') && files.includes('data.csv') && files.some((name) => name.endsWith('.tex')), 'its files are listed');
  // The same in Spanish, the address kept.
  await page.getByRole('button', { name: /Español/ }).click();
  await settle(page);
  ok((await page.locator('main').innerText()).includes(finding.sentences[0].es), 'it says so in Spanish');
  assert.deepEqual(wrong, []);
  await close();
}
