import { chromium } from 'playwright-core';
import { settle } from './browser.mjs';
const [base, out, ...only] = process.argv.slice(2);
const VIEWS = {
  map: 'routes', sankey: 'routes?what=sankey', observed: 'routes?method=observed', link: 'routes?method=joint&link=PE%3EBR', published: 'routes?method=published', country: 'routes/PE', es: 'country?area=ES', year: 'routes?year=2021',
};
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const spec of only) {
  const [view, lang, size, scheme] = spec.split('-');
  const context = await browser.newContext({ viewport: size === 'wide' ? { width: 1440, height: 900 } : { width: 390, height: 844 }, locale: lang === 'es' ? 'es-PE' : 'en-US', colorScheme: scheme });
  const page = await context.newPage();
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && console.log(spec, m.text()));
  page.on('pageerror', (e) => console.log(spec, String(e)));
  await page.goto(`${base}/#/${VIEWS[view]}`);
  await settle(page);
  await page.waitForTimeout(1500);
  await settle(page);
  await page.screenshot({ path: `${out}/${spec}.png`, fullPage: true });
  console.log(spec, await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]));
  await context.close();
}
await browser.close();
