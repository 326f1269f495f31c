// Where ours and peers are measured: one durable PostgreSQL for all, a coalition in it, our gateway, the peers and the load client, each in a
// process of its own and started when it is first needed.

import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { Client } from 'pg';
import { mintSandboxToken, type TokenSubject } from '../../src/gateway/tokens.ts';
import { lockWallets } from '../../src/ledger/wallets.ts';
import { openCoalition } from '../../src/partners/open-coalition.ts';
import { type Database, transact } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.ts';
import { temporaryDataDir } from '../../src/platform/embedded/temporary-postgres.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { type Brand, foundBrands } from '../brands.ts';
import { type Child, startChild } from '../child.ts';
import { type Enrolled, enrolMembers } from '../enrol-members.ts';
import { say } from '../figures.ts';
import { interrupted } from '../interrupted.ts';
import { serverPid } from '../server-pid.ts';
import type { Load, Measured } from './load.ts';
import type { Options } from './options.ts';
import { type Gateway, startGateway } from './start-gateway.ts';

export interface Served extends Child {
  readonly port: number;
}

export interface Arena {
  readonly options: Options;
  readonly db: Database;
  readonly databaseUrl: string;
  readonly postgresPid: number;
  readonly brands: readonly Brand[];
  /** Public ids of those who earn. */
  readonly members: readonly string[];
  /** One more, who earns only what a list shows. */
  readonly reader: Enrolled;
  token(subject: TokenSubject): Promise<string>;
  /** One statement as the owner of the server. */
  sql(text: string): Promise<void>;
  /** Makes an empty database, or one like another; answers its connection string. */
  database(name: string, template?: string): Promise<string>;
  /** Our gateway on the coalition. */
  gateway(): Promise<Gateway>;
  gatewayOn(databaseUrl: string): Promise<Gateway>;
  /** A file of `bench/peers`, with what it reads from its environment. */
  peer(file: string, environment?: () => Promise<Readonly<Record<string, string>>>): Promise<Served>;
  load(load: Load): Promise<Measured>;
}

/** Connections to the database that a server holds at most: what ours takes by default, and so what its peers are given. */
export const POOL_SIZE = 10;

const MEMBERS = 10_000;
const BRANDS = 10;
const MAX_CONNECTIONS = 100;

/** Runs measurements, and ends all that they started. */
export async function inArena(options: Options, run: (arena: Arena) => Promise<void>): Promise<void> {
  const dataDir = temporaryDataDir();
  const stops: (() => Promise<void>)[] = [];
  try {
    await Promise.race([open(options, dataDir, stops).then(run), interrupted()]);
  } finally {
    for (const stop of stops.toReversed()) await stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function open(options: Options, dataDir: string, stops: (() => Promise<void>)[]): Promise<Arena> {
  say('Starting PostgreSQL.');
  const postgres = await startEmbeddedPostgres({ dataDir, maxConnections: MAX_CONNECTIONS, note: say });
  stops.push(postgres.stop);
  await migrate(postgres.url);
  const db = await openCoalition(postgres.url, { poolSize: 4 });
  stops.push(db.close);
  const brands = await foundBrands(db, BRANDS);
  const [reader, ...members] = await enrolMembers(db, MEMBERS + 1);
  if (reader === undefined) throw new Error('nobody was enrolled');
  const owner = new Client({ connectionString: postgres.url });
  await owner.connect();
  await openWallets(db, brands, members);
  // What the server would do by itself within a minute.
  await owner.query('vacuum analyze');
  stops.push(() => owner.end());
  const postgresPid = await serverPid(owner);

  const start = async (file: string, environment: Readonly<Record<string, string>> = {}): Promise<Child> => {
    const child = startChild(new URL(file, import.meta.url), { NODE_ENV: 'production', GRAPHILE_ENV: 'production', ...environment });
    stops.push(child.stop);
    return child;
  };
  const startPeer = async (file: string, environment?: () => Promise<Readonly<Record<string, string>>>): Promise<Served> => {
    const child = await start(`../peers/${file}`, await environment?.());
    return { ...child, port: (await child.ask<number | undefined>('port')) ?? 0 };
  };
  const gatewayOn = async (databaseUrl: string): Promise<Gateway> => {
    const gateway = await startGateway({ databaseUrl, profile: options.profile });
    stops.push(gateway.stop);
    return gateway;
  };
  const client = await start('./load.process.ts');
  let gateway: Promise<Gateway> | undefined;
  const peers = new Map<string, Promise<Served>>();
  return {
    options,
    db,
    databaseUrl: postgres.url,
    postgresPid,
    brands,
    members: members.map(({ id }) => id),
    reader,
    token: (subject) => mintSandboxToken(db, subject),
    sql: async (text) => void (await owner.query(text)),
    async database(name, template) {
      await owner.query(`create database ${name}${template === undefined ? '' : ` template ${template} strategy file_copy`}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    gateway() {
      gateway ??= gatewayOn(postgres.url);
      return gateway;
    },
    gatewayOn,
    peer(file, environment) {
      const known = peers.get(file);
      const served = known ?? startPeer(file, environment);
      peers.set(file, served);
      return served;
    },
    load: (load) => client.ask<Measured>('run', load),
  };
}

/** Everybody has a wallet of every brand, as after some time; peers, too, find the accounts there. */
async function openWallets(db: Database, brands: readonly Brand[], members: readonly Enrolled[]): Promise<void> {
  for (const { no } of brands) {
    const wallets = members.map(({ uuid }) => ({ memberId: uuid, unit: no }));
    await transact(db, (tx) => lockWallets(tx, wallets));
  }
}
