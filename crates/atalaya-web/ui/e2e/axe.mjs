// axe-core over every page and the sign-in page, with their details open, in both languages, widths
// and colours: nothing serious may be found.

import { createRequire } from 'node:module';
import { begin, cases, everyPage, LANGS, settle, watched, WIDTHS } from './browser.mjs';
import { guarded } from './program.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SERIOUS = ['serious', 'critical'];

const { browser, url, stop } = await begin();
const pages = [
  ...(await everyPage(url)),
  ['held of one', 'held?source=demo-seizures'],
  ['rivals', 'series?what=coca-area&area=PE'],
  ['figures side by side', 'reconcile?what=coca-area&area=PE&from=2018&base=demo-devida-coca'],
  ['a country and a year', 'national?area=PE&year=2019&purity=0.6-0.85'],
  ['small multiples', 'series?what=seizures&kind=multiples&value=kg'],
  ['a map of events', 'map?what=seizures&count=events'],
  ['events by weight', 'series?what=seizures&value=kg&substance=cocaine&count=events'],
  ['a map of each year', 'map?what=seizures&kind=maps'],
  ['a link of routes', 'routes?method=observed&link=CO%3EUS'],
  ['a Sankey', 'routes?what=sankey'],
  ['a country by its own address', 'routes/PE?method=published'],
  ['nothing found', 'series?what=prevalence&area=CL&from=2001&to=2001'],
  ['no such figure', 'figure?id=fig-0000000000000000'],
  ['what was linked', 'link?show=decisions'],
  ...(await cases(url)),
  ['a design not registered', 'evaluation?id=e2e-draft'],
  ['other choices', 'evaluation?id=e2e-cacao&what=specifications'],
  ['no such page', 'nowhere'],
];
let looked = 0;
const found = [];

/** What axe says against a page as it stands: the rule, how bad, and the first elements. */
async function against(page, where) {
  looked++;
  const loaded = await page.evaluate(() => 'axe' in globalThis);
  if (!loaded) await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const { id, impact, nodes } of violations) found.push({ where, id, impact, elements: nodes.slice(0, 3).map((node) => node.target.join(' ')) });
}

/** Every combination of width, colours and language, each with a browser of its own. */
async function combinations(base, look) {
  for (const [size, viewport] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const lang of LANGS) {
        // The page's own policy lets no foreign script in; the test brings one.
        const { page, close } = await watched(browser, base, { viewport, lang, colorScheme, bypassCSP: true });
        await look(page, `${lang} ${size} ${colorScheme}`);
        await close();
      }
    }
  }
}

async function inTheApp(page, how) {
  for (const [name, hash] of pages) {
    await page.goto(`${url}/#/${hash}`);
    await settle(page);
    await page.evaluate(() => document.querySelectorAll('main details').forEach((one, i) => (one.open = i < 6)));
    await against(page, `${name} ${how}`);
  }
  const menu = page.locator('button[aria-controls=menu]');
  if (!(await menu.isVisible())) return;
  await menu.click();
  await against(page, `the menu ${how}`);
}

async function atTheDoor(page, how) {
  await page.waitForLoadState();
  await page.waitForSelector('form input[type=password]');
  await against(page, `sign-in ${how}`);
  await page.locator('input[name=username]').fill('desk');
  await page.locator('input[type=password]').fill('not the password');
  await page.keyboard.press('Enter');
  await page.waitForSelector('main [role=alert]');
  await against(page, `sign-in refused ${how}`);
}

try {
  await combinations(url, inTheApp);
  const door = await guarded();
  try {
    await combinations(door.url, async (page, how) => {
      await page.goto(`${door.url}/`);
      await atTheDoor(page, how);
    });
  } finally {
    await door.stop();
  }
  const grave = found.filter((one) => SERIOUS.includes(one.impact));
  for (const { where, id, impact, elements } of found) process.stdout.write(`${impact}: ${id} on ${where}: ${elements.join(' | ')}\n`);
  process.stdout.write(`axe: ${looked} pages looked at, ${grave.length} serious, ${found.length - grave.length} lesser\n`);
  if (grave.length > 0) process.exitCode = 1;
} finally {
  await stop();
}
