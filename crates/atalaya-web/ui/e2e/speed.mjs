// How long a person waits, in a real browser against BASE_URL: first useful paint of every view on
// a cold cache, and from a key or a click to the next painted answer. Prints one line a view, and
// with RUNS=file.csv writes them. Run it against the real files: a demo is small.
//
//   atalaya demo --data DIR --no-open --port 7878 &
//   BASE_URL=http://127.0.0.1:7878 npm run speed

import { writeFileSync } from 'node:fs';
import { begin, settle, WIDTHS } from './browser.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const VIEWS = (process.env.VIEWS ?? 'home,sources,held,table?table=records,table?table=observations,table?table=vintages,table?table=revisions,coverage,series,series?what=coca-area&area=PE,map,map?what=coca-area&level=admin2&within=CO,map?what=coca-area&level=admin3&within=PE,publish').split(',');

const { browser, url, stop } = await begin();
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
const worst = (numbers) => Math.max(...numbers);

/** Milliseconds from asking for the address until its content stands, in a browser that knows nothing. */
async function firstPaint(view) {
  const context = await browser.newContext({ viewport: WIDTHS.wide, locale: 'es-PE' });
  const page = await context.newPage();
  const before = performance.now();
  await page.goto(`${url}/#/${view}`);
  await settle(page);
  const took = performance.now() - before;
  const failed = (await page.locator('main [role=alert]').count()) > 0;
  return { context, page, took, failed };
}

/** Milliseconds from an input event to the frame that answers it, by the browser's own event timing. */
async function interaction(page) {
  await page.evaluate(() => {
    globalThis.slowest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.interactionId) globalThis.slowest = Math.max(globalThis.slowest, entry.duration);
    }).observe({ type: 'event', durationThreshold: 16 });
  });
  for (const control of await page.locator('main select:visible, main input[type=range]:visible, main summary:visible, main th button:visible').all()) {
    if (!(await control.isVisible().catch(() => false))) continue;
    await control.focus().catch(() => {});
    await page.keyboard.press((await control.evaluate((one) => one.tagName)) === 'SUMMARY' ? 'Enter' : 'ArrowDown');
    await settle(page);
  }
  await page.waitForTimeout(100);
  return page.evaluate(() => globalThis.slowest);
}

const lines = ['view,first_paint_median_ms,first_paint_max_ms,slowest_interaction_ms'];
try {
  for (const view of VIEWS) {
    const paints = [];
    let slowest = NaN;
    let broken = false;
    for (let round = 0; round < ROUNDS; round++) {
      const { context, page, took, failed } = await firstPaint(view);
      broken ||= failed;
      paints.push(took);
      if (round === ROUNDS - 1 && !failed) slowest = await interaction(page).catch(() => NaN);
      await context.close();
    }
    const line = [`"${view}"`, median(paints).toFixed(0), worst(paints).toFixed(0), Number.isNaN(slowest) ? '' : slowest.toFixed(0)].join(',');
    lines.push(line);
    process.stdout.write(`${line}${broken ? '  (shows a problem)' : ''}\n`);
  }
  if (process.env.RUNS) writeFileSync(process.env.RUNS, `${lines.join('\n')}\n`);
} finally {
  await stop();
}
