// The browser and the server of the tests: BASE_URL, or the mock server.

import { chromium } from 'playwright-core';
import { start } from '../dev/mock-server.mjs';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

export const PAGES = ['home', 'sources', 'collect', 'held', 'observations', 'records', 'vintages', 'revisions', 'coverage', 'series', 'map', 'publish'];
export const LANGS = ['en', 'es'];
export const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

export async function begin() {
  const mock = process.env.BASE_URL ? null : await start();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
  const stop = async () => {
    await browser.close();
    mock?.stop();
  };
  return { browser, url: process.env.BASE_URL ?? mock.url, mocked: mock !== null, stop };
}

/** A page that has settled: nothing is loading and no answer is on its way. */
export async function settle(page) {
  await page.waitForSelector('main h1, main [role=alert]');
  await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
