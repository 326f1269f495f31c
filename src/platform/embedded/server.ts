import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { disownStaleLock } from './lock-file.ts';
import { endProcess } from './processes.ts';
import type { SystemUser } from './system-user.ts';

/** Set in the connection string of an embedded server, so that a second process on it knows what it is on. */
export const EMBEDDED_MARK = 'pointsettia_embedded';

const START_PATIENCE = 60_000;
const STOP_PATIENCE = 15_000;
const LOG_LIMIT = 10_000_000;
/** With the pauses between them some eight seconds, which is longer than most statements of a killed server go on. */
const ATTEMPTS = 8;

export interface ServerPlan {
  readonly program: string;
  readonly user: SystemUser;
  readonly directory: string;
  readonly logFile: string;
  readonly password: string;
  readonly port: number | undefined;
  readonly durable: boolean;
  readonly maxConnections: number;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Settles when the server ends without having been told to. */
  readonly lost: Promise<void>;
  stop(): Promise<void>;
}

/** Runs the server until it answers. Its last port is taken again when it is free, so that others on it find it. */
export async function runServer(plan: ServerPlan): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(plan.port);
    const url = `postgresql://pointsettia:${plan.password}@127.0.0.1:${port}/postgres?application_name=${EMBEDDED_MARK}`;
    disownStaleLock(plan.directory);
    const child = spawnServer(plan, port);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
    if (await Promise.race([answers(url), ended.then(() => false)])) return supervise(child, ended, url, port);
    if (attempt === ATTEMPTS) throw new Error(`PostgreSQL did not start. The end of ${plan.logFile}:\n${lastLines(plan.logFile, 12)}`);
    // Backends of a server that was killed need a moment to notice it.
    await sleep(300 * attempt);
  }
}

/**
 * What a statement has freed the C library would give back to the system, which hands it out again page by page to the next one; up to 32 MB stay with
 * the process instead (`mallopt(3)`). Other C libraries pass over it.
 */
const KEEPS_FREED_MEMORY = { MALLOC_TRIM_THRESHOLD_: '33554432', MALLOC_MMAP_THRESHOLD_: '33554432' };

function spawnServer(plan: ServerPlan, port: number): ChildProcess {
  const size = statSync(plan.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(plan.logFile, size > LOG_LIMIT ? 'w' : 'a', 0o600);
  try {
    const settings = Object.entries(settingsOf(plan)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return spawn(plan.program, ['-D', plan.directory, '-p', String(port), ...settings], {
      ...plan.user,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC', ...KEEPS_FREED_MEMORY },
      stdio: ['ignore', log, log],
      // A session of its own: Ctrl-C reaches this process only, which ends the server when requests are drained.
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

/**
 * A quarter of the memory that there is, in whole MB, which is taken as it is filled: a large book is touched by chance all over, and a page that has
 * to make room for another is written then and there.
 */
function ownMemoryMb(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.max(128, Math.min(Math.floor(bytes / 4 / 1024 ** 2), 8192));
}

function settingsOf(plan: ServerPlan): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(plan.maxConnections),
    shared_buffers: `${plan.durable ? ownMemoryMb() : 128}MB`,
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(plan.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

function supervise(child: ChildProcess, ended: Promise<void>, url: string, port: number): RunningServer {
  let stopping: Promise<void> | undefined;
  const onExit = (): void => void child.kill('SIGINT');
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', onExit);
    if (child.pid !== undefined) await endProcess(child.pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], STOP_PATIENCE);
    await ended;
  };
  const lost = new Promise<void>((resolve) => {
    void ended.then(() => {
      process.removeListener('exit', onExit);
      if (stopping === undefined) resolve();
    });
  });
  return {
    url,
    port,
    lost,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  for (const deadline = Date.now() + START_PATIENCE; Date.now() < deadline; await sleep(40)) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    // A server that ends meanwhile is one that is not ready, and no fault of whoever asks.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

/** The wanted port when nobody listens there, else any. */
async function freePort(wanted: number | undefined): Promise<number> {
  const bind = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(undefined));
      probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
      });
    });
  const port = (wanted === undefined ? undefined : await bind(wanted)) ?? (await bind(0));
  if (port === undefined) throw new Error('no port is free on 127.0.0.1');
  return port;
}

function lastLines(file: string, count: number): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
