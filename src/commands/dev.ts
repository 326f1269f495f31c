/** Builds and starts the server; `npm run dev` runs this again whenever a source file changes. */
import { spawnSync } from 'node:child_process';

const build = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);
const main = new URL('../../dist/main.js', import.meta.url);
await import(main.href);
