import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Nova } from '../support/coalition.ts';
import { liveRichly, startRich } from './rich-cycle.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
/** Several processes are started one after the other. */
const SLOW = 120_000;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let nova: Nova;
let cycle: string;
let statement: string;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'download-'));
  nova = await startRich();
  await liveRichly(nova);
  cycle = (await nova.operate<{ cycle: { id: string } }>('close-cycle', {})).cycle.id;
  const { viewerPartner } = await nova.run<{ viewerPartner: { statement: { id: string } } }>(await nova.token('AERO'), 'my-statement', {
    cycle,
  });
  statement = viewerPartner.statement.id;
}, SLOW);
afterAll(() => nova.stop());

function run(file: string, ...args: string[]): Promise<Ended> {
  const env = { PATH: `${BIN}:${process.env.PATH}`, SANDBOX: 'true', DATABASE_URL: nova.app.url };
  return new Promise((resolve) => {
    execFile(file, args, { cwd: ROOT, env, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
const download = (...args: string[]) => run(join(BIN, 'node'), join(ROOT, 'dist/commands/settlement-download.js'), ...args);
const verify = (file: string) => run(join(ROOT, 'bin/pointsettia-verify.mjs'), file);

test(
  'the command writes the file of a cycle or a statement, which the verifier finds intact',
  async () => {
    const file = join(directory, 'cycle.jsonl');
    const [written, one] = await Promise.all([download('--cycle', cycle, '--out', file), download('--statement', statement)]);
    expect(written).toEqual({ code: 0, out: '', err: '' });
    writeFileSync(join(directory, 'statement.jsonl'), one.out);
    const [whole, own] = await Promise.all([verify(file), verify(join(directory, 'statement.jsonl'))]);
    expect(own).toMatchObject({ code: 0 });
    expect(whole).toMatchObject({ code: 0, err: '' });
    expect(whole.out).toMatch(/^Cycle 1: \d+ rows, 4 statements, \d+ lines, \d+ accounts, \d+ entries\./);
    const rows = readFileSync(file, 'utf8').split('\n');
    const at = rows.findIndex((row) => row.includes('"FUNDING AERO APT"') && row.includes('"entry"'));
    writeFileSync(file, rows.with(at, (rows[at] ?? '').replace(/ (-\d+) 0 0 /, ' $11 0 0 ')).join('\n'));
    const tampered = await verify(file);
    expect(tampered.code).toBe(1);
    expect(tampered.out).toMatch(new RegExp(`row ${at + 1}: entry ent_\\w{32} is not what its mark says\\.`));
  },
  SLOW,
);

test(
  'the command says what is missing, and writes nothing for a cycle that is open or unknown',
  async () => {
    const { clearingCycle } = await nova.run<{ clearingCycle: { id: string } }>(nova.operator, 'cycle-positions');
    const refused = await Promise.all([
      download('--cycle', clearingCycle.id),
      download('--cycle', 'cyc_nothing'),
      download('--statement', 'stm_nothing'),
      download(),
    ]);
    const unwritten = await download('--statement', statement, '--out', join(directory, 'no', 'file.jsonl'));
    expect(unwritten).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^ENOENT: [^\n]+\n$/) });
    expect(refused).toEqual(
      [
        'Cycle 2 is not closed yet: there is nothing to recompute.',
        'There is no cycle cyc_nothing.',
        'There is no statement stm_nothing.',
        'one of --statement and --cycle is needed',
      ].map((err) => ({ code: 1, out: '', err: `${err}\n` })),
    );
  },
  SLOW,
);

test(
  'the program of the documentation downloads the same file with the token of a partner',
  async () => {
    const [, program = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/proof.md'), 'utf8')) ?? [];
    const file = join(directory, 'download.mjs');
    writeFileSync(file, program);
    const { out } = await run(join(BIN, 'node'), file, `${nova.app.httpUrl}/graphql`, await nova.token('AERO'), statement);
    expect(out).toBe((await download('--statement', statement)).out);
  },
  SLOW,
);
