// What an accrual costs: groups of them, as those of clients who come at the same time, by the product's own write path on one connection.

import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { accrueApart } from '../../src/exchange/accrual/accrue.ts';
import type { Asked } from '../../src/exchange/accrual/plan-accrual.ts';
import { toPublicId } from '../../src/kernel/ids.ts';
import type { Database } from '../../src/platform/database.ts';
import type { Brand } from '../brands.ts';
import { rounded } from '../figures.ts';
import { cpuSecondsOf } from '../throughput/cpu.ts';

const GROUP = 32;

/** Of one accrual: microseconds, bytes and 8 KB pages. */
export interface Cost {
  readonly wall: number;
  readonly node: number;
  /** The process of PostgreSQL that serves the connection. */
  readonly backend: number;
  /** All processes of PostgreSQL. */
  readonly postgres: number;
  /** Of the product's own process and of PostgreSQL together. */
  readonly both: number;
  readonly walBytes: number;
  /** Whole pages in the WAL: each the first time that it is changed after a checkpoint. */
  readonly pagesInWal: number;
  /** Pages that were not in PostgreSQL's own memory. */
  readonly pagesRead: number;
  /** Pages that the connection's process had to write to make room for others. */
  readonly pagesWritten: number;
}

export interface Drill {
  readonly db: Database;
  readonly owner: Client;
  readonly brands: readonly Brand[];
}

/** A book that accruals are posted to, slice after slice. */
export interface Course {
  /** Posts a slice of accruals; answers what it took, per accrual. */
  run(accruals: number): Promise<Cost>;
}

/** Warms up and makes a checkpoint: from there on a page that is changed for the first time goes whole into the WAL. */
export async function openCourse(
  drill: Drill,
  { warmUp, accruals }: { readonly warmUp: number; readonly accruals: number },
): Promise<Course> {
  const { db, owner } = drill;
  const members = await draw(owner, warmUp + accruals);
  let posted = warmUp;
  await post(drill, members, { first: 0, count: posted });
  await owner.query('checkpoint');
  const server = await postmaster(owner);
  return {
    async run(count) {
      // A connection that had nothing to do for a minute is another one now.
      const [backend] = await db.rows<{ pid: number }>('select pg_backend_pid() as pid');
      const pids = { backend: backend?.pid ?? 0, postgres: server };
      const before = await read(drill, pids);
      await post(drill, members, { first: posted, count });
      posted += count;
      const after = await read(drill, pids);
      return costOf((name) => (after[name] - before[name]) / count);
    },
  };
}

const DIGITS: Readonly<Record<keyof Cost, number>> = {
  wall: 0,
  node: 0,
  backend: 0,
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

/** The mean: slices are equally long. */
export function costOfAll(slices: readonly Cost[]): Cost {
  return costOf((name) => slices.reduce((sum, slice) => sum + slice[name], 0) / slices.length);
}

async function draw(owner: Client, count: number): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>('select id from members.members order by random() limit $1', [count]);
  return rows.map(({ id }) => toPublicId('Member', id));
}

async function postmaster(owner: Client): Promise<number> {
  const { rows } = await owner.query<{ pid: number }>(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer as pid`);
  return rows[0]?.pid ?? 0;
}

/** All that is counted, as it stands. */
async function read({ db, owner }: Drill, pids: { readonly backend: number; readonly postgres: number }): Promise<Cost> {
  // What a process has counted is known to others once it says so.
  await db.rows('select pg_stat_force_next_flush()');
  const { rows } = await owner.query<{ wal: string; pages: string; read: string; written: string }>(
    `select w.wal_bytes as wal, w.wal_fpi as pages,
       (select sum(reads) from pg_stat_io where backend_type = 'client backend' and object = 'relation') as read,
       (select sum(writes) from pg_stat_io where backend_type = 'client backend' and object = 'relation') as written
     from pg_stat_wal w`,
  );
  const { user, system } = process.cpuUsage();
  const postgres = cpuSecondsOf(pids.postgres) * 1e6;
  return {
    wall: performance.now() * 1_000,
    node: user + system,
    backend: cpuSecondsOf(pids.backend) * 1e6,
    postgres,
    both: user + system + postgres,
    walBytes: Number(rows[0]?.wal),
    pagesInWal: Number(rows[0]?.pages),
    pagesRead: Number(rows[0]?.read),
    pagesWritten: Number(rows[0]?.written),
  };
}

let receipts = 0;

/** One accrual of each member in turn, by brands drawn by chance, at tills whose receipts count upwards. */
async function post(
  { db, brands }: Drill,
  members: readonly string[],
  { first, count }: { readonly first: number; readonly count: number },
): Promise<void> {
  for (let done = 0; done < count; done += GROUP) {
    const asked = Array.from({ length: Math.min(GROUP, count - done) }, (_, at) =>
      askedOf(brands, members[(first + done + at) % members.length] ?? ''),
    );
    const { accrued } = await accrueApart(db, asked);
    for (const outcome of accrued) if ('refused' in outcome) throw new Error(outcome.refused.message);
  }
}

const below = (end: number): number => Math.floor(Math.random() * end);

function askedOf(brands: readonly Brand[], member: string): Asked {
  const brand = brands[below(brands.length)];
  if (brand === undefined) throw new Error('there is no brand');
  receipts += 1;
  return {
    principal: `partner:${brand.code}`,
    partnerId: brand.id,
    command: {
      idempotencyKey: randomUUID(),
      externalId: `t${String(below(1_000)).padStart(3, '0')}-1${String(receipts).padStart(9, '0')}`,
      member: { done: { kind: 'id', value: member } },
      occurredAt: new Date(),
      amount: { minor: BigInt(100 + below(5_000)), currency: 'CNY' },
      channel: 'POS',
      confirm: 'AUTO',
    },
  };
}
