// A coalition to measure: a durable PostgreSQL of its own with the demo coalition and as many members as wanted, and processes on it.

import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { Client } from 'pg';
import { mintSandboxToken, type TokenSubject } from '../../src/gateway/tokens.ts';
import { newId, toPublicId } from '../../src/kernel/ids.ts';
import { enrolMany } from '../../src/members/enrol-many.ts';
import { cardNumberFrom } from '../../src/members/enrolment.rules.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { openCoalition } from '../../src/partners/open-coalition.ts';
import { type Database, transact } from '../../src/platform/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.ts';
import { temporaryDataDir } from '../../src/platform/embedded/temporary-postgres.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { seedDemo } from '../../src/seed/seed-demo.ts';
import { type Child, startChild } from './child.ts';
import { say } from './figures.ts';

export interface Follows {
  /** As the database stores it. */
  readonly uuid: string;
  /** As clients name it. */
  readonly id: string;
}

export interface Gateway extends Child {
  readonly port: number;
}

export interface House {
  readonly db: Database;
  readonly members: readonly Follows[];
  /** Codes of the point currencies by their number in the ledger. */
  readonly currencies: ReadonlyMap<number, string>;
  token(subject: TokenSubject): Promise<string>;
  /** A gateway in a process of its own; on that port, or any free one. */
  gateway(port?: number): Promise<Gateway>;
  peer(): Promise<Gateway>;
  /** A process that writes to the ledger. */
  writer(): Promise<Child>;
}

const CHUNK = 1_000;
const CONNECTIONS = 60;

/** Runs a benchmark in a house of its own, and ends all that it started. */
export async function inHouse(memberCount: number, run: (house: House) => Promise<void>): Promise<void> {
  const dataDir = temporaryDataDir();
  const children: Child[] = [];
  let postgres: EmbeddedPostgres | undefined;
  let db: Database | undefined;
  try {
    postgres = await startWithCommitTimes(dataDir);
    const { url } = postgres;
    await migrate(url);
    db = await openCoalition(url, { poolSize: 4 });
    await seedDemo(db);
    const members = await enrol(db, memberCount);
    const { coalition } = await coalitionNow(db);
    const opened = db;
    const start = async (file: string, environment: Record<string, string> = {}): Promise<Gateway> => {
      const child = startChild(file, { DATABASE_URL: url, ...environment });
      children.push(child);
      return { ...child, port: (await child.ask<number | undefined>('port')) ?? 0 };
    };
    const work = run({
      db,
      members,
      currencies: new Map(coalition.currencies.map(({ no, code }) => [no, code])),
      token: (subject) => mintSandboxToken(opened, subject),
      gateway: (port = 0) => start('./gateway.process.ts', { PORT: String(port) }),
      peer: () => start('./peer.process.ts'),
      writer: () => start('./writer.process.ts'),
    });
    await Promise.race([work, interrupted()]);
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await db?.close();
    await postgres?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Durable, and it remembers when each transaction was committed: that can be asked of it afterwards, whoever committed. */
async function startWithCommitTimes(dataDir: string): Promise<EmbeddedPostgres> {
  const options = { dataDir, maxConnections: CONNECTIONS, note: say };
  const first = await startEmbeddedPostgres(options);
  const client = new Client({ connectionString: first.url });
  await client.connect();
  await client.query('alter system set track_commit_timestamp = on');
  await client.end();
  await first.stop();
  return startEmbeddedPostgres(options);
}

async function enrol(db: Database, count: number): Promise<Follows[]> {
  const members: Follows[] = [];
  while (members.length < count) {
    const uuids = Array.from({ length: Math.min(CHUNK, count - members.length) }, newId);
    const enrolments = uuids.map((id) => ({
      id,
      cardNumber: cardNumberFrom((below) => Math.floor(Math.random() * below)),
      displayName: 'Bench',
      homePartnerId: null,
      externalScope: null,
      consents: [{ purpose: 'SERVICE' as const, granted: true, version: '1' }],
      enrolledAt: new Date(),
    }));
    const outcomes = await transact(db, (tx) => enrolMany(tx, enrolments));
    for (const outcome of outcomes) if ('refused' in outcome) throw new Error(outcome.refused.message);
    members.push(...uuids.map((uuid) => ({ uuid, id: toPublicId('Member', uuid) })));
  }
  return members;
}

/** Whoever interrupts a benchmark leaves nothing behind either. */
function interrupted(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
  });
}
