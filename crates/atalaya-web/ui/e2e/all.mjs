// All browser tests against one program: BASE_URL, else a demo of their own. `npm run e2e`.
// Each is a process of its own; the first that fails ends it. Prints how long each took.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demo } from './program.mjs';

// `load` is the first of the journeys.
const TESTS = ['run', 'drawn', 'journeys', 'axe'];
const HERE = dirname(fileURLToPath(import.meta.url));
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

function test(name, env) {
  return new Promise((done) => {
    spawn(process.execPath, [join(HERE, `${name}.mjs`)], { env, stdio: 'inherit' }).on('exit', (code) => done(code ?? 1));
  });
}

const start = performance.now();
const own = process.env.BASE_URL ? null : await demo();
if (own) process.stdout.write(`the demo stands at ${own.url} after ${seconds(start)}\n`);
try {
  for (const name of TESTS) {
    const since = performance.now();
    const code = await test(name, { ...process.env, BASE_URL: process.env.BASE_URL ?? own.url });
    process.stdout.write(`${name}: ${code === 0 ? 'ok' : 'FAILED'} in ${seconds(since)}\n\n`);
    if (code !== 0) {
      process.exitCode = 1;
      break;
    }
  }
} finally {
  await own?.stop();
}
process.stdout.write(`browser tests: ${process.exitCode ? 'FAILED' : 'ok'} in ${seconds(start)}\n`);
