import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.ts';
import { claim, DataDirectoryBusy } from '../../src/platform/embedded/owner.ts';
import { userForPostgres } from '../../src/platform/embedded/system-user.ts';
import { temporaryDataDir } from '../../src/platform/embedded/temporary-postgres.ts';

let dataDir: string;
let running: EmbeddedPostgres | undefined;
beforeEach(() => {
  dataDir = temporaryDataDir();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  running = await startEmbeddedPostgres({ dataDir, maxConnections: 10 });
  return running;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  // Servers are killed here while connections to them end.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}

const lockFile = () => join(dataDir, 'postgres/postmaster.pid');
const serverPid = () => Number.parseInt(readFileSync(lockFile(), 'utf8'), 10);

async function killServer(postgres: EmbeddedPostgres): Promise<void> {
  process.kill(serverPid(), 'SIGKILL');
  await postgres.lost;
}

test('the connection string is for its user alone, and is gone when the server is', async () => {
  const postgres = await start();
  const file = join(dataDir, 'database.url');
  expect(readFileSync(file, 'utf8').trim()).toBe(postgres.url);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await postgres.stop();
  expect(existsSync(file)).toBe(false);
});

test('a server that was killed is recovered with everything that was committed, on the same port', async () => {
  const first = await start();
  await query(first.url, 'create table kept as select 42 as answer');
  await killServer(first);
  const second = await start();
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(second.url).toBe(first.url);
});

test('it is the same port also when a process of the killed server has yet to end its work', async () => {
  const first = await start();
  const client = new Client({ connectionString: first.url });
  client.on('error', () => undefined);
  await client.connect();
  const work = client.query('select sum(n) from generate_series(1, 8000000) n').catch(() => undefined);
  await pause(100);
  await killServer(first);
  const second = await start();
  await work;
  expect(second.url).toBe(first.url);
  await client.end();
});

test('a lock file that names another living process does not stop the start, nor that process', async () => {
  const bystander = spawn('sleep', ['60'], userForPostgres());
  await once(bystander, 'spawn');
  await killServer(await start());
  writeFileSync(lockFile(), readFileSync(lockFile(), 'utf8').replace(/^\d+/, String(bystander.pid)));
  const postgres = await start();
  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(bystander.exitCode).toBeNull();
  bystander.kill();
});

test('an empty lock file does not stop the start', async () => {
  await killServer(await start());
  writeFileSync(lockFile(), '');
  expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a second start on a directory in use says who has it and what to do', async () => {
  await start();
  await expect(claim(dataDir, 0)).rejects.toThrow(DataDirectoryBusy);
  await expect(claim(dataDir, 0)).rejects.toThrow(`Process ${process.pid} is running on ${dataDir} already.`);
});

test('the claim of a process that is gone is taken over, also when its number belongs to another one now', async () => {
  writeFileSync(join(dataDir, 'owner'), `${process.ppid} 1`);
  const release = await claim(dataDir, 0);
  release();
  expect(existsSync(join(dataDir, 'owner'))).toBe(false);
});
