// Pictures of every page in both languages, widths and colours, into SHOTS (or a temporary folder).

import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { begin, cases, everyPage, LANGS, settle, WIDTHS } from './browser.mjs';

const folder = process.env.SHOTS ?? join(tmpdir(), 'ui-shots');
const EXTRA = { 'series-rivals': 'series?what=coca-area&area=PE', 'series-survey': 'series?what=prevalence', 'map-seizures': 'map?what=seizures&value=kg', 'map-years': 'map?what=seizures&kind=maps', 'routes-sankey': 'routes?what=sankey', 'routes-observed': 'routes?method=observed', 'routes-published': 'routes?method=published', 'series-small': 'series?what=seizures&kind=multiples&value=kg' };
const only = process.argv[2];

mkdirSync(folder, { recursive: true });
const { browser, url, stop } = await begin();
const views = [...(await everyPage(url)), ...(await cases(url)), ...Object.entries(EXTRA)];
for (const [size, viewport] of Object.entries(WIDTHS)) {
  for (const colorScheme of ['light', 'dark']) {
    for (const lang of LANGS) {
      const context = await browser.newContext({ viewport, colorScheme, locale: lang === 'es' ? 'es-PE' : 'en-US' });
      const page = await context.newPage();
      for (const [name, hash] of views) {
        const file = `${name}-${lang}-${size}-${colorScheme}.png`;
        if (only && !file.includes(only)) continue;
        await page.goto(`${url}/#/${hash}`);
        await settle(page);
        await page.screenshot({ path: join(folder, file), fullPage: true });
      }
      await context.close();
    }
  }
}
await stop();
