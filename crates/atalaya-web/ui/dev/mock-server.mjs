// Serves dist/ and canned answers on 127.0.0.1, with the headers of the real program.
// `npm run mock`, or `start()` from the browser tests.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answer } from './answers.mjs';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

function json(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

const NOT_THERE = { id: 'not-found', place: '', found: { en: 'there is no such address', es: 'no existe esa dirección' }, todo: { en: 'see docs/api.md', es: 'vea docs/api.md' }, exit: 2 };

async function serve(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  if (pathname.startsWith('/api/v1/')) {
    const body = answer(pathname.slice('/api/v1/'.length), searchParams);
    const missing = pathname.endsWith('/figure') ? { ...NOT_THERE, id: 'unknown-figure' } : NOT_THERE;
    return body === undefined ? json(response, 404, missing) : json(response, 200, body);
  }
  const path = normalize(join(DIST, pathname === '/' ? 'index.html' : pathname));
  const bytes = path.startsWith(DIST + sep) ? await readFile(path).catch(() => null) : null;
  if (!bytes) return json(response, 404, NOT_THERE);
  response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY });
  response.end(bytes);
}

/** Starts on a port, 0 for any free one; resolves to the address and a way to stop. */
export function start(port = 0) {
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => json(response, 500, { ...NOT_THERE, id: 'mock', place: String(error) }));
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await start(Number(process.env.PORT ?? 7979));
  process.stdout.write(`${url}\n`);
}
