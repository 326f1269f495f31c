import type { Db, Tx } from '../../platform/database.ts';
import type { Claim, ClaimStatus } from './claim.ts';

const COLUMNS = `c.id, c.member_id as "memberId", c.partner_id as "partnerId", c.task, c.external_id as "externalId", c.occurred_at as "occurredAt",
  c.amount_minor as "amountMinor", c.points, c.note, c.status, c.assignee as "assigneeId", c.opened_at as "openedAt", c.sla_due_at as "slaDueAt",
  c.escalated_at as "escalatedAt", c.resolved_at as "resolvedAt", c.reason, c.accrual_id as "accrualId"`;

/** Claims by id, for `load`; undefined where there is none. */
export async function readClaims(db: Db, ids: readonly string[]): Promise<(Claim | undefined)[]> {
  const rows = await db.rows<Claim>(`select ${COLUMNS} from exchange.claims c where c.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((claim) => [claim.id, claim]));
  return ids.map((id) => byId.get(id));
}

/** A page of a member's claims. */
export interface ClaimPage {
  readonly memberId: string;
  readonly size: number;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly backwards: boolean;
}

/** For each page the claims, oldest first, one more than it holds; backwards the newest first. */
export async function readClaimPages(db: Db, pages: readonly ClaimPage[]): Promise<Claim[][]> {
  const rows = await db.rows<Claim & { n: bigint }>(
    `select p.n, c.*
     from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::boolean[]) with ordinality
       as p (member_id, size, after, before, backwards, n)
     cross join lateral (
       select ${COLUMNS} from exchange.claims c
       where c.member_id = p.member_id and (p.after is null or c.id > p.after) and (p.before is null or c.id < p.before)
       order by case when p.backwards then c.id end desc, c.id
       limit p.size + 1
     ) c
     order by p.n, case when p.backwards then c.id end desc, c.id`,
    [
      pages.map(({ memberId }) => memberId),
      pages.map(({ size }) => size),
      pages.map(({ after }) => after ?? null),
      pages.map(({ before }) => before ?? null),
      pages.map(({ backwards }) => backwards),
    ],
  );
  const byPage = Map.groupBy(rows, ({ n }) => Number(n));
  return pages.map((_, at) => (byPage.get(at + 1) ?? []).map(({ n: _n, ...claim }) => claim));
}

/** Until the transaction ends nobody else opens a claim for the member. */
export async function lockClaimsOf(tx: Tx, memberId: string): Promise<void> {
  await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`exchange.claims ${memberId}`]);
}

/** How many claims of a member are not decided. */
export async function countOpenClaims(tx: Tx, memberId: string): Promise<number> {
  const [row] = await tx.rows<{ open: bigint }>(
    "select count(*) as open from exchange.claims where member_id = $1 and status not in ('APPROVED', 'REJECTED')",
    [memberId],
  );
  return Number(row?.open ?? 0n);
}

/** A queue of claims: of one partner, of the operator (null), or of everybody (undefined). */
export interface QueueRequest {
  readonly assigneeId: string | null | undefined;
  readonly status: ClaimStatus | undefined;
  /** Whether they were once not decided in time; either when undefined. */
  readonly breached: boolean | undefined;
  readonly size: number;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly backwards: boolean;
}

/** One more claim than the page holds, oldest first; from the other end when read backwards. */
export function readQueue(db: Db, request: QueueRequest): Promise<Claim[]> {
  const { assigneeId, status, breached, size, after, before, backwards } = request;
  return db.rows<Claim>(
    `select ${COLUMNS} from exchange.claims c
     where ($1 or c.assignee is not distinct from $2::uuid) and ($3::text is null or c.status = $3)
       and ($4::uuid is null or c.id > $4) and ($5::uuid is null or c.id < $5)
       and ($7::boolean is null or $7 = exists (select from exchange.claim_breaches b where b.claim_id = c.id))
     order by c.id ${backwards ? 'desc' : 'asc'} limit $6`,
    [assigneeId === undefined, assigneeId ?? null, status ?? null, after ?? null, before ?? null, size + 1, breached ?? null],
  );
}

/** A claim as it is when nobody else changes it. */
export async function lockClaim(tx: Tx, id: string): Promise<Claim | undefined> {
  const [claim] = await tx.rows<Claim>(`select ${COLUMNS} from exchange.claims c where c.id = $1 for update`, [id]);
  return claim;
}

export async function insertClaim(tx: Tx, claim: Claim): Promise<void> {
  await tx.rows(
    `insert into exchange.claims (id, member_id, partner_id, task, external_id, occurred_at, amount_minor, points, note, status, assignee, opened_at, sla_due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      claim.id,
      claim.memberId,
      claim.partnerId,
      claim.task,
      claim.externalId,
      claim.occurredAt.toISOString(),
      claim.amountMinor,
      claim.points,
      claim.note,
      claim.status,
      claim.assigneeId,
      claim.openedAt.toISOString(),
      claim.slaDueAt.toISOString(),
    ],
  );
}

/** Stores what can change of a claim. */
export async function updateClaim(tx: Tx, claim: Claim): Promise<void> {
  await tx.rows(
    `update exchange.claims set status = $2, assignee = $3, sla_due_at = $4, escalated_at = $5, resolved_at = $6, reason = $7, accrual_id = $8
     where id = $1`,
    [
      claim.id,
      claim.status,
      claim.assigneeId,
      claim.slaDueAt.toISOString(),
      claim.escalatedAt?.toISOString() ?? null,
      claim.resolvedAt?.toISOString() ?? null,
      claim.reason,
      claim.accrualId,
    ],
  );
}
