import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ClusterMemory, chooseDirectory, createCluster, ownerOf, recall, remember } from './cluster.ts';
import { endOrphan } from './lock-file.ts';
import { claim } from './owner.ts';
import { findPrograms } from './programs.ts';
import { type RunningServer, runServer } from './server.ts';
import { userForPostgres } from './system-user.ts';

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** False for databases nobody will miss: commits do not wait for the disk. */
  readonly durable?: boolean;
  readonly maxConnections?: number;
  /** Hears one line about every unusual thing that was done. */
  readonly note?: (line: string) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Settles when the server ends without having been told to. */
  readonly lost: Promise<void>;
  stop(): Promise<void>;
}

const CLAIM_PATIENCE = 5_000;

/** Starts PostgreSQL on a data directory of our own, whatever state the last start left it in. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  makeDirectory(dataDir);
  const release = await claim(dataDir, CLAIM_PATIENCE);
  try {
    const server = await startOwned(dataDir, options);
    publishUrl(dataDir, server.url);
    const forget = (): void => {
      rmSync(urlFileOf(dataDir), { force: true });
      release();
    };
    void server.lost.then(forget);
    return { url: server.url, lost: server.lost, stop: () => server.stop().finally(forget) };
  } catch (error) {
    release();
    throw error;
  }
}

/** Where a running server's connection string is, for other processes of the same user. */
export function urlFileOf(dataDir: string): string {
  return join(resolve(dataDir), 'database.url');
}

function publishUrl(dataDir: string, url: string): void {
  const file = urlFileOf(dataDir);
  rmSync(file, { force: true });
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
}

function makeDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    accessSync(dataDir, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new Error(`This user cannot write to the data directory ${dataDir}. Set DATA_DIR to a directory of your own.`, { cause });
  }
}

async function startOwned(dataDir: string, options: EmbeddedOptions): Promise<RunningServer> {
  const { durable = true, maxConnections = 100, note = () => undefined } = options;
  const known = recall(dataDir);
  const user = known === undefined ? userForPostgres() : ownerOf(known.directory);
  const programs = await findPrograms(user, note);
  const memory: ClusterMemory =
    known ?? (await createCluster({ programs, user, durable, directory: chooseDirectory(dataDir, user, note) }));
  if (known === undefined) remember(dataDir, memory);
  await endOrphan(memory.directory, note);
  const server = await runServer({
    ...memory,
    program: programs.postgres,
    user,
    logFile: join(dataDir, 'postgres.log'),
    port: memory.port,
    durable,
    maxConnections,
  });
  if (server.port !== memory.port) remember(dataDir, { ...memory, port: server.port });
  return server;
}
