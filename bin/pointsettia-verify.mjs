#!/usr/bin/env node
// Runs the verifier on the Node.js that the project brings along, whichever one the host has.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node');
const program = fileURLToPath(new URL('../src/verifier/main.ts', import.meta.url));
const { status, error } = spawnSync(node, ['--disable-warning=ExperimentalWarning', program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
if (error !== undefined) process.stderr.write(`${error.message}\n`);
process.exitCode = status ?? 2;
