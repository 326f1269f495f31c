import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { say } from '../../figures.ts';
import type { Arena } from '../arena.ts';
import type { Result } from '../report.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/commands/import.js', import.meta.url));
const COLUMNS = 'member,date,quantity,amount';

/** Loads the purchases of CDNOW into an empty database, as the README shows it. The file is the user's. */
export async function importCdnow(arena: Arena): Promise<Result | undefined> {
  const { cdnow } = arena.options;
  if (cdnow === undefined) {
    say('\nimportCdnow: left out, as --cdnow names no file.');
    return undefined;
  }
  say('\nimportCdnow');
  const from = performance.now();
  const summary = await load(cdnow, await arena.database('cdnow'));
  const seconds = Math.round(performance.now() - from) / 1_000;
  say(`  ${seconds} s with the start of the program, ${JSON.stringify(summary)}`);
  return { seconds, summary };
}

function load(file: string, databaseUrl: string): Promise<unknown> {
  const child = spawn(process.execPath, [PROGRAM, file, '--partner', 'CDNOW', '--create', '--columns', COLUMNS], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, SANDBOX: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`the import ended with ${code}`))));
  });
}
