import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { accrualOf, type Nova, startNova } from '../support/coalition.ts';
import { openPortal, type Portal, until, versionsOf } from './portal.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

let nova: Nova;
const servers: ChildProcess[] = [];
const portals: Portal[] = [];
beforeAll(async () => {
  execFileSync(join(BIN, 'tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT });
  nova = await startNova();
});
afterAll(async () => {
  for (const { live } of portals) live.close();
  for (const server of servers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  await nova.stop();
});

/** A process that serves the coalition's database on a port. */
async function start(port: string): Promise<{ server: ChildProcess; port: string }> {
  const env = {
    DATABASE_URL: nova.app.url,
    DATABASE_POOL_SIZE: '4',
    HOST: '127.0.0.1',
    PORT: port,
    SANDBOX: 'true',
    SEED: 'none',
    JOBS: 'false',
    LOG_LEVEL: 'silent',
  };
  const server = spawn(join(BIN, 'node'), [join(ROOT, 'dist/main.js')], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  servers.push(server);
  let output = '';
  for await (const chunk of server.stdout) {
    output += chunk;
    const found = /localhost:(\d+)\/graphql/.exec(output)?.[1];
    if (found !== undefined) return { server, port: found };
  }
  throw new Error(`the server did not start: ${output}`);
}

test('portals of a process that is killed find the one that is started in its place, and miss and repeat nothing', async () => {
  const first = await start('0');
  const members = await Promise.all([nova.enrol(), nova.enrol()]);
  const url = `ws://127.0.0.1:${first.port}/graphql`;
  for (const { token } of members) portals.push(openPortal({ url, token: () => token }));
  await until(() => portals.every(({ seen }) => seen.length === 3));
  // given changes without a pause while the process is killed and another one takes its port
  let over = false;
  const work = members.map(async (member) => {
    let count = 0;
    for (; !over; count += 1) {
      accrualOf(await nova.earn('AERO', member, { points: 1 }));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return count;
  });
  await until(() => portals.every((portal) => (versionsOf(portal, 'APT').at(-1) ?? 0) >= 3));
  first.server.kill('SIGKILL');
  await once(first.server, 'exit');
  await start(first.port);
  await until(() => portals.every(({ states }) => states.at(-1)?.state === 'live'));
  over = true;
  const counts = await Promise.all(work);
  await until(() => portals.every((portal, at) => versionsOf(portal, 'APT').at(-1) === counts[at]));
  for (const [at, portal] of portals.entries()) {
    expect(versionsOf(portal, 'APT')).toEqual(Array.from({ length: (counts[at] ?? 0) + 1 }, (_, version) => version));
    expect(portal.seen.filter(({ resync }) => resync)).toHaveLength(3);
    expect([portal.gaps, portal.errors]).toEqual([[], []]);
  }
  expect(await nova.faults()).toEqual([]);
});
