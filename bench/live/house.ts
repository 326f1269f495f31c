// A coalition to measure: a durable PostgreSQL of its own with the demo coalition and as many members as wanted, and processes on it.

import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { mintSandboxToken, type TokenSubject } from '../../src/gateway/tokens.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { openCoalition } from '../../src/partners/open-coalition.ts';
import type { Database } from '../../src/platform/database.ts';
import { temporaryDataDir } from '../../src/platform/embedded/temporary-postgres.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { seedDemo } from '../../src/seed/seed-demo.ts';
import { type Child, startChild } from '../child.ts';
import { type Enrolled, enrolMembers } from '../enrol-members.ts';
import { interrupted } from '../interrupted.ts';
import { type Gateway as BuiltGateway, startGateway } from '../throughput/start-gateway.ts';
import { type MortalPostgres, startMortalPostgres } from './mortal-postgres.ts';

export interface Gateway extends Child {
  readonly port: number;
}

export interface House {
  readonly db: Database;
  readonly postgres: MortalPostgres;
  readonly members: readonly Enrolled[];
  /** Codes of the point currencies by their number in the ledger. */
  readonly currencies: ReadonlyMap<number, string>;
  token(subject: TokenSubject): Promise<string>;
  /** A gateway in a process of its own; on that port, or any free one. */
  gateway(port?: number): Promise<Gateway>;
  /** The same as users run it, which starts faster; it tells its log nothing. */
  builtGateway(port?: number): Promise<BuiltGateway>;
  peer(): Promise<Gateway>;
  /** A process that writes to the ledger. */
  writer(): Promise<Child>;
}

const CONNECTIONS = 60;

/** Runs a benchmark in a house of its own, and ends all that it started. */
export async function inHouse(memberCount: number, run: (house: House) => Promise<void>): Promise<void> {
  const dataDir = temporaryDataDir();
  const children: Pick<Child, 'stop'>[] = [];
  let postgres: MortalPostgres | undefined;
  let db: Database | undefined;
  try {
    postgres = await startMortalPostgres(dataDir, CONNECTIONS);
    const { url } = postgres;
    await migrate(url);
    db = await openCoalition(url, { poolSize: 4 });
    await seedDemo(db);
    const members = await enrolMembers(db, memberCount);
    const { coalition } = await coalitionNow(db);
    const opened = db;
    const start = async (file: string, environment: Record<string, string> = {}): Promise<Gateway> => {
      const child = startChild(new URL(file, import.meta.url), { DATABASE_URL: url, ...environment });
      children.push(child);
      return { ...child, port: (await child.ask<number | undefined>('port')) ?? 0 };
    };
    const work = run({
      db,
      postgres,
      members,
      currencies: new Map(coalition.currencies.map(({ no, code }) => [no, code])),
      token: (subject) => mintSandboxToken(opened, subject),
      gateway: (port = 0) => start('./gateway.process.ts', { PORT: String(port) }),
      async builtGateway(port = 0) {
        const gateway = await startGateway({ databaseUrl: url, environment: { PORT: String(port), LOG_LEVEL: 'silent' } });
        children.push(gateway);
        return gateway;
      },
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
