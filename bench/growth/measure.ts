// What an accrual costs: purchases over GraphQL by clients that come at the same time, as `accrue` of the throughput benchmark.

import type { Client } from 'pg';
import { toPublicId } from '../../src/kernel/ids.ts';
import type { Brand } from '../brands.ts';
import type { Child } from '../child.ts';
import { rounded } from '../figures.ts';
import { serverPid } from '../server-pid.ts';
import { cpuSecondsOf } from '../throughput/cpu.ts';
import type { Load, Measured } from '../throughput/load.ts';

/** Of one accrual: microseconds, bytes and 8 KB pages. */
export interface Cost {
  /** Processor time of the gateway. */
  readonly gateway: number;
  /** Processor time of all processes of PostgreSQL. */
  readonly postgres: number;
  readonly both: number;
  readonly walBytes: number;
  /** Whole pages in the WAL: each the first time that it is changed after a checkpoint. */
  readonly pagesInWal: number;
  /** Pages that were not in PostgreSQL's own memory. */
  readonly pagesRead: number;
  /** Pages that a connection's process had to write to make room for others. */
  readonly pagesWritten: number;
}

export interface Slice extends Cost {
  readonly accruals: number;
  readonly perSecond: number;
}

export interface Drill {
  readonly owner: Client;
  readonly brands: readonly Brand[];
  /** A process of the gateway, and what it is asked, by each brand in turn. */
  readonly gatewayPid: number;
  readonly load: Omit<Load, 'seconds'>;
  readonly client: Child;
}

/** A book that accruals are posted to, slice after slice. */
export interface Course {
  /** From here on a page that is changed for the first time goes whole into the WAL. */
  checkpoint(): Promise<void>;
  /** Posts accruals for so many seconds; answers what they took. */
  run(seconds: number): Promise<Slice>;
}

/** About so many customers are drawn for each slice. */
const CUSTOMERS = 50_000;
const SECONDS_OF_WARMING_UP = 15;
/** Not counted before each slice: connections that had nothing to do for a minute are other ones now. */
const SECONDS_BEFORE_EACH = 1;

/** Warms up with so many accruals at least. */
export async function openCourse(drill: Drill, warmUp: number): Promise<Course> {
  const { owner } = drill;
  for (let posted = 0; posted < warmUp; ) posted += (await ask(drill, SECONDS_OF_WARMING_UP, await draw(drill))).done;
  const server = await serverPid(owner);
  return {
    checkpoint: async () => void (await owner.query('checkpoint')),
    async run(seconds) {
      const customers = await draw(drill);
      await ask(drill, SECONDS_BEFORE_EACH, customers);
      const before = await read(drill, server);
      const { done, perSecond } = await ask(drill, seconds, customers);
      const after = await read(drill, server);
      return { accruals: done, perSecond, ...costOf((name) => (after[name] - before[name]) / done) };
    },
  };
}

const DIGITS: Readonly<Record<keyof Cost, number>> = {
  gateway: 0,
  postgres: 0,
  both: 0,
  walBytes: 0,
  pagesInWal: 2,
  pagesRead: 2,
  pagesWritten: 2,
};
const NAMES = Object.keys(DIGITS) as (keyof Cost)[];

function costOf(perAccrual: (name: keyof Cost) => number): Cost {
  return Object.fromEntries(NAMES.map((name) => [name, rounded(perAccrual(name), DIGITS[name])])) as unknown as Cost;
}

/** What an accrual of all slices together took. */
export function costOfAll(slices: readonly Slice[]): Cost & { readonly accruals: number } {
  const accruals = slices.reduce((sum, slice) => sum + slice.accruals, 0);
  return { accruals, ...costOf((name) => slices.reduce((sum, slice) => sum + slice[name] * slice.accruals, 0) / accruals) };
}

const ask = ({ client, load }: Drill, seconds: number, customers: readonly (readonly string[])[]): Promise<Measured> =>
  client.ask<Measured>('run', { ...load, seconds, customers });

/** For each brand members who earn there already, drawn by chance: in a book of any size no wallet has to be opened. */
async function draw({ owner, brands }: Drill): Promise<string[][]> {
  const { rows } = await owner.query<{ member: string; unit: number }>(
    `select owner as member, unit
     from ledger.accounts tablesample bernoulli (least(100, 100.0 * $1::integer / (select count(*) from ledger.accounts)))
     where kind = 'WALLET'`,
    [CUSTOMERS],
  );
  return brands.map(({ no }) => rows.filter(({ unit }) => unit === no).map(({ member }) => toPublicId('Member', member)));
}

/** All that is counted, as it stands. */
async function read({ owner, gatewayPid }: Drill, server: number): Promise<Cost> {
  const { rows } = await owner.query<{ wal: string; pages: string; read: string; written: string }>(
    `select w.wal_bytes as wal, w.wal_fpi as pages,
       (select sum(reads) from pg_stat_io where backend_type = 'client backend' and object = 'relation') as read,
       (select sum(writes) from pg_stat_io where backend_type = 'client backend' and object = 'relation') as written
     from pg_stat_wal w`,
  );
  const [gateway, postgres] = [cpuSecondsOf(gatewayPid) * 1e6, cpuSecondsOf(server) * 1e6];
  return {
    gateway,
    postgres,
    both: gateway + postgres,
    walBytes: Number(rows[0]?.wal),
    pagesInWal: Number(rows[0]?.pages),
    pagesRead: Number(rows[0]?.read),
    pagesWritten: Number(rows[0]?.written),
  };
}
