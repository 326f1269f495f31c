// What the smallest posting takes on disk: points that one member gives another, each posting in a transaction of its own.

import type { Client } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { accountKey, wallet } from '../../src/ledger/account.ts';
import { takeFromLots } from '../../src/ledger/lots.rules.ts';
import { readSpendableLots } from '../../src/ledger/lots.ts';
import { postDecided } from '../../src/ledger/post.ts';
import { transferCompleted } from '../../src/ledger/postings/transfer.ts';
import { lockWallets } from '../../src/ledger/wallets.ts';
import { type Database, transact } from '../../src/platform/database.ts';
import { rounded } from '../figures.ts';

interface Gift {
  readonly from: string;
  readonly to: string;
  readonly unit: number;
}

const BOOK = ['ledger.postings', 'ledger.entries'];
const LOTS = ['ledger.lots', 'ledger.lot_uses'];

/** How many gifts are drawn at a time: a wallet gives a point at most once in them. */
const DRAWN = 10_000;

/**
 * Bytes that a transfer adds, tables and indexes together: its posting and two entries, and beside them its lot and the use of another. Pages of an
 * index fill up and are halved at about the same time where keys come by chance, so that only what a book takes while it doubles is what it takes:
 * as many entries of wallets are added as there are.
 */
export async function bytesOfTwoLegs(db: Database, owner: Client): Promise<{ readonly posting: number; readonly lots: number }> {
  const { rows } = await owner.query<{ count: number }>(
    `select count(*)::integer / 2 as count from ledger.entries e join ledger.accounts a on a.id = e.account_id where a.kind = 'WALLET'`,
  );
  const count = rows[0]?.count ?? 0;
  const before = { book: await bytesIn(owner, BOOK), lots: await bytesIn(owner, LOTS) };
  for (let given = 0; given < count; ) {
    const gifts = await draw(owner, Math.min(DRAWN, count - given));
    if (gifts.length === 0) throw new Error('nobody has anything to give');
    for (const gift of gifts) await give(db, gift);
    given += gifts.length;
  }
  const each = (after: number, then: number): number => rounded((after - then) / count, 1);
  return { posting: each(await bytesIn(owner, BOOK), before.book), lots: each(await bytesIn(owner, LOTS), before.lots) };
}

/** Somebody who has points, by chance, and somebody else. */
async function draw(owner: Client, count: number): Promise<Gift[]> {
  const { rows } = await owner.query<Gift>(
    `select a.owner as "from", m.id as "to", a.unit
     from (select owner, unit from ledger.accounts where kind = 'WALLET' and available > 0 order by random() limit $1) a
     cross join lateral (select id from members.members where id <> a.owner offset floor(random() * (select count(*) - 1 from members.members)) limit 1) m`,
    [count],
  );
  return rows;
}

async function bytesIn(owner: Client, tables: readonly string[]): Promise<number> {
  const { rows } = await owner.query<{ bytes: string }>(
    'select sum(pg_total_relation_size(name::regclass)) as bytes from unnest($1::text[]) as name',
    [tables],
  );
  return Number(rows[0]?.bytes);
}

async function give(db: Database, { from, to, unit }: Gift): Promise<void> {
  await transact(db, async (tx) => {
    const wallets = await lockWallets(
      tx,
      [from, to].map((memberId) => ({ memberId, unit })),
    );
    const giver = wallets.get(accountKey(wallet(from, unit)));
    if (giver === undefined) throw new Error('the wallet was not locked');
    const now = new Date();
    const taken = takeFromLots(await readSpendableLots(tx, [giver.accountId], now), 1n);
    if (taken === undefined) throw new Error('there is nothing to give');
    const facts = { reference: newId(), fromMemberId: from, toMemberId: to, currencyNo: unit, occurredAt: now };
    await postDecided(tx, [transferCompleted(facts, taken, newId)], [...wallets.values()]);
  });
}
