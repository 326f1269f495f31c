import { isOfPosting } from '../../ledger/entries-of-posting.ts';
import { isLotOf } from '../../ledger/lots-of-account.ts';
import type { Db } from '../../platform/database.ts';
import { ENTRY_HASH } from './entry-text.ts';

/** One entry of an account with everything that is checked of it. */
export interface HistoryRow {
  readonly version: bigint;
  readonly postingId: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly pending: bigint;
  readonly availableAfter: bigint;
  readonly heldAfter: bigint;
  readonly pendingAfter: bigint;
  /** Null where the posting is gone. */
  readonly hash: Buffer | null;
  readonly recordedAt: Date | null;
  /** Whether the entries of its posting sum to zero in every unit. */
  readonly isBalanced: boolean;
}

/** Entries of an account behind a version, at most so many. */
export function readHistory(db: Db, accountId: bigint, after: bigint, limit: number): Promise<HistoryRow[]> {
  return db.rows<HistoryRow>(
    `select e.version, e.posting_id as "postingId", e.available, coalesce((e.aside).held, 0) as held, coalesce((e.aside).pending, 0) as pending,
       e.available_after as "availableAfter", coalesce((e.aside).held_after, 0) as "heldAfter", coalesce((e.aside).pending_after, 0) as "pendingAfter",
       case when p.id is not null then ${ENTRY_HASH} end as hash, p.recorded_at as "recordedAt",
       not exists (
         select from ledger.entries o left join ledger.accounts a on a.id = o.account_id where ${isOfPosting('o', 'e.posting_id')}
         group by a.unit having sum(o.available + coalesce((o.aside).held, 0)) <> 0 or sum(coalesce((o.aside).pending, 0)) <> 0
       ) as "isBalanced"
     from ledger.entries e left join ledger.postings p on p.id = e.posting_id
     where e.account_id = $1 and e.version > $2
     order by e.version limit $3`,
    [accountId, after, limit],
  );
}

/** What was kept of the entries of some chunks. */
export interface KeptSeal {
  readonly chunk: bigint;
  readonly root: Buffer;
  readonly marks: Buffer;
}

export function readSeals(db: Db, accountId: bigint, from: bigint, until: bigint): Promise<KeptSeal[]> {
  return db.rows<KeptSeal>(
    'select chunk, root, marks from settlement.seals where account_id = $1 and chunk between $2 and $3 order by chunk',
    [accountId, from, until],
  );
}

/** What lots of a wallet say of its postings. */
export interface LotChange {
  readonly postingId: bigint;
  readonly available: bigint;
  readonly held: bigint;
}

export function readLotChanges(db: Db, accountId: bigint): Promise<LotChange[]> {
  return db.rows<LotChange>(
    `select c.posting_id as "postingId", sum(c.available)::bigint as available, sum(c.held)::bigint as held
     from (
       select l.posting_id, l.initial as available, 0 as held from ledger.lots l where ${isLotOf('l', '$1')}
       union all
       select u.posting_id, u.available, u.held from ledger.lots l join ledger.lot_uses u on u.lot_id = l.id where ${isLotOf('l', '$1')}
     ) c
     group by c.posting_id`,
    [accountId],
  );
}

/** An account as it stands. */
export interface StandingAccount {
  readonly accountId: bigint;
  readonly kind: string;
  readonly owner: string | null;
  readonly unit: number;
  readonly topic: number | null;
  readonly available: bigint;
  readonly held: bigint;
  readonly pending: bigint;
  readonly version: bigint;
}

/** All accounts but wallets, or the wallets of one member. */
export function readAccounts(db: Db, memberId: string | null): Promise<StandingAccount[]> {
  return db.rows<StandingAccount>(
    `select a.id as "accountId", a.kind::text as kind, a.owner, a.unit, a.topic, a.available, a.held, a.pending, a.version
     from ledger.accounts a
     where case when $1::uuid is null then a.kind <> 'WALLET' else a.kind = 'WALLET' and a.owner = $1::uuid end`,
    [memberId],
  );
}
