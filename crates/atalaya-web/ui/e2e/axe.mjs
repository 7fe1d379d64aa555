// axe-core over every page, in both languages and themes: nothing serious may be found.

import { createRequire } from 'node:module';
import { begin, LANGS, PAGES, settle, WIDTHS } from './browser.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SERIOUS = ['serious', 'critical'];

const { browser, url, stop } = await begin();
let looked = 0;
const found = [];

/** What axe says against a page as it stands: the rule, how bad, and the first elements. */
async function against(page) {
  await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.slice(0, 3).map((node) => node.target.join(' ')) }));
}

try {
  for (const [size, viewport] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const lang of LANGS) {
        // The page's own policy lets no foreign script in; the test brings one.
        const context = await browser.newContext({ viewport, colorScheme, locale: lang === 'es' ? 'es-PE' : 'en-US', bypassCSP: true });
        const page = await context.newPage();
        for (const name of PAGES) {
          await page.goto(`${url}/#/${name}`);
          await settle(page);
          looked++;
          for (const violation of await against(page)) found.push({ page: `${name} ${lang} ${size} ${colorScheme}`, ...violation });
        }
        await context.close();
      }
    }
  }
  const grave = found.filter((one) => SERIOUS.includes(one.impact));
  for (const { page, id, impact, where } of found) process.stdout.write(`${impact}: ${id} on ${page}: ${where.join(' | ')}\n`);
  process.stdout.write(`axe: ${looked} pages looked at, ${grave.length} serious, ${found.length - grave.length} lesser\n`);
  if (grave.length > 0) process.exitCode = 1;
} finally {
  await stop();
}
