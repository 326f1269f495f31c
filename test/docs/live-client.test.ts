import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { installClient, NODE, type Project } from '../client/install-client.ts';
import { until } from '../client/portal.ts';
import { type Relay, startRelay } from '../client/relay.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { blocksOf } from './markdown.ts';

const exampleOf = (path: string, note: string): string => blocksOf(path).find((block) => block.note === note)?.text ?? '';

let nova: Nova;
let relay: Relay;
let project: Project;
let member: Member;
let tokens: Server;
const started: ChildProcess[] = [];
beforeAll(async () => {
  project = installClient();
  nova = await startNova();
  relay = await startRelay(nova.app.wsUrl);
  member = await nova.enrol();
  accrualOf(await nova.earn('AERO', member, { points: 1_000 }));
  tokens = createServer((request, response) => void response.end(request.url === '/points-token' ? member.token : undefined)).listen(
    0,
    '127.0.0.1',
  );
  await once(tokens, 'listening');
});
afterAll(async () => {
  for (const child of started) {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  tokens.close();
  tokens.closeAllConnections();
  await relay.close();
  await nova.stop();
  project.remove();
});

/** What there is of a page: elements that print what they show. */
const page = () => `
  const base = 'http://127.0.0.1:${(tokens.address() as AddressInfo).port}';
  const real = globalThis.fetch;
  globalThis.fetch = (path, how) => real(new URL(path, base), how);
  globalThis.document = { getElementById: (id) => ({ set textContent(text) { console.log(JSON.stringify([id, text])); } }) };
`;

/** Runs an example in the project. Its lines grow as it prints. */
function run(name: string, text: string, environment: Record<string, string> = {}): string[] {
  const file = join(project.directory, name);
  writeFileSync(file, text);
  const child = spawn(NODE, [file], { cwd: project.directory, env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const lines: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (chunk: string) => lines.push(...chunk.split('\n').filter((line) => line !== '')));
  }
  return lines;
}

test('the portal of the page shows balances as they change, also after its connection was cut', async () => {
  const example = exampleOf('docs/live-client.md', 'portal');
  expect(example.split('\n').length).toBeLessThanOrEqual(20);
  writeFileSync(join(project.directory, 'page.mjs'), page());
  const lines = run('portal.mjs', `import './page.mjs';\n${example.replace('wss://points.example.com/graphql', relay.url)}`);
  const shown = (id: string) => lines.map((line) => JSON.parse(line)).findLast(([element]) => element === id)?.[1];
  await until(() => shown('balances') === 'APT 1000\nBPT 0\nCPT 0');
  relay.cut();
  redemptionOf(await nova.hold('DEPOT', member, 'APT', 300));
  // What a page shows is printed line by line, so the news may come a moment after the balance.
  await until(() => shown('news') === 'HELD -300 APT');
  expect([shown('balances'), shown('connection')]).toEqual(['APT 700, 300 set aside\nBPT 0\nCPT 0', '']);
});

test('the example of the guide for member portals prints what the guide shows', async () => {
  const other = await nova.enrol();
  accrualOf(await nova.earn('CAFE', other, { points: 305 }));
  const text = exampleOf('docs/members.md', 'live').replace('ws://localhost:4000/graphql', nova.app.wsUrl);
  const lines = run('members.mjs', text, { TOKEN: other.token });
  await until(() => lines.length === 3);
  redemptionOf(await nova.hold('DEPOT', other, 'CPT', 50));
  await until(() => lines.length === 4);
  expect(lines).toEqual(['APT v0 0 0 SNAPSHOT', 'BPT v0 0 0 SNAPSHOT', 'CPT v1 305 0 SNAPSHOT', 'CPT v2 255 50 HELD']);
});

test('both examples pass a strict check of types with those of a browser, and misuse does not', async () => {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022', 'dom'],
    types: [],
  };
  writeFileSync(join(project.directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['portal.ts', 'misuse.ts'] }));
  const example = exampleOf('docs/live-client.md', 'portal')
    .replace('(id, text) =>', '(id: string, text: string) =>')
    .replace('getElementById(id).', 'getElementById(id)!.');
  const member = 'declare const member: string;\n';
  writeFileSync(
    join(project.directory, 'portal.ts'),
    `${example}\n${member}${exampleOf('docs/live-client.md', 'follow').replace('live.follow(', 'live.follow<{ balanceChanged: { currency: { code: string }; available: number } }>(')}`,
  );
  writeFileSync(
    join(project.directory, 'misuse.ts'),
    `import { createLiveClient, type Balance } from 'pointsettia/client';
     const live = createLiveClient({ url: 'ws://x', token: () => 1 });
     const version: number = ({} as Balance).version;
     live.balances({ onBalance: () => undefined });
     export { version };`,
  );
  const complaints = project
    .checkTypes()
    .split('\n')
    .filter((line) => line.includes('error TS'));
  expect(complaints.map((line) => /^[^(]+\((\d+)/.exec(line)?.slice(0, 2).join(' '))).toEqual([
    expect.stringContaining('misuse.ts(2'),
    expect.stringContaining('misuse.ts(3'),
    expect.stringContaining('misuse.ts(4'),
  ]);
});
