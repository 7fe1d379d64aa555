// Starts the program itself for the tests: a demo that may be written to, or one that asks for accounts.
// ATALAYA names the program; without it cargo builds and runs the one of this checkout.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plantDesign } from './worked.mjs';

const CARGO = ['run', '--quiet', '--locked', '--package', 'atalaya-app', '--'];
const PATIENCE = 600_000;

const command = (words) => (process.env.ATALAYA ? [process.env.ATALAYA, words] : ['cargo', [...CARGO, ...words]]);

/** Runs the program to its end; `input` is what it is told. */
export function run(words, input = '') {
  return execFileSync(...command(words), { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Resolves to the address the program says it serves, once it says so. */
function address(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`the program did not start; it said:\n${said}`)), PATIENCE);
    const hear = (bytes) => {
      said += bytes;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (!found) return;
      clearTimeout(late);
      resolve(found[0]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the program ended with ${code}; it said:\n${said}`));
    });
  });
}

/** A program that serves, in a folder of its own; `words` are given that folder. */
async function serve(words, folder) {
  const child = spawn(...command(words), { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill();
  process.on('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode === null) await new Promise((done) => (child.on('exit', done), child.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { url: await address(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const scratch = () => mkdtempSync(join(tmpdir(), 'atalaya-e2e-'));

/** The demo, which may be written to. */
export function demo() {
  const folder = scratch();
  const place = join(folder, 'demo');
  run(['demo', '--no-serve', '--dir', place]);
  plantDesign(place, run);
  return serve(['demo', '--no-open', '--dir', place, '--port', '0'], folder);
}

/** An observatory that lets in who has an account; `account` is one, and its password. */
export async function guarded() {
  const folder = scratch();
  const place = join(folder, 'guarded');
  run(['init', place]);
  const made = run(['account', 'add', 'desk', '--role', 'analyst', '--generate', '--dir', place, '--json']);
  const program = await serve(['serve', '--accounts', '--dir', place, '--port', '0'], folder);
  return { ...program, made };
}
