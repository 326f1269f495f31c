import type { Db, Tx } from '../../platform/database.ts';
import type { Dispute, DisputeStatus } from './dispute.ts';

const COLUMNS = `d.id, d.share_id as "shareId", s.id as "statementId", s.cycle_no as "cycleNo", s.partner_id as "partnerId", d.reason,
  d.disputed_minor as "disputedMinor", d.status, d.stage, d.accepted_minor as "acceptedMinor", d.adjustment_id as "adjustmentId",
  d.opened_at as "openedAt", d.due_at as "dueAt", d.escalable_until as "escalableUntil", d.resolved_at as "resolvedAt"`;
const DISPUTES = `settlement.disputes d
  join settlement.shares h on h.id = d.share_id
  join settlement.lines l on l.id = h.line_id
  join settlement.statements s on s.cycle_no = l.cycle_no and s.partner_id = h.partner_id`;
const IS_OPEN = "d.status in ('OPENED', 'UNDER_REVIEW', 'EVIDENCE_REQUESTED', 'EVIDENCE_PROVIDED')";

/** Disputes by their stored ids, for `load`; undefined where there is none. */
export async function readDisputes(db: Db, ids: readonly string[]): Promise<(Dispute | undefined)[]> {
  const rows = await db.rows<Dispute>(`select ${COLUMNS} from ${DISPUTES} where d.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((dispute) => [dispute.id, dispute]));
  return ids.map((id) => byId.get(id));
}

/** The stored ids of disputes that are not decided yet, in the order in which they were opened. */
export async function readUndecided(db: Db): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(`select d.id from settlement.disputes d where ${IS_OPEN} order by d.opened_at, d.id`);
  return rows.map(({ id }) => id);
}

/** The disputes of statements, in the order in which they were opened, for `load`. */
export async function readDisputesOf(db: Db, statementIds: readonly string[]): Promise<Dispute[][]> {
  const rows = await db.rows<Dispute>(`select ${COLUMNS} from ${DISPUTES} where s.id = any($1::uuid[]) order by d.opened_at, d.id`, [
    statementIds,
  ]);
  const byStatement = Map.groupBy(rows, ({ statementId }) => statementId);
  return statementIds.map((id) => byStatement.get(id) ?? []);
}

/** What is disputed of statements and not decided yet, in minor units, for `load`. */
export async function readUndecidedMinor(db: Db, statementIds: readonly string[]): Promise<bigint[]> {
  const rows = await db.rows<{ id: string; minor: bigint }>(
    `select s.id, sum(d.disputed_minor)::bigint as minor from ${DISPUTES} where s.id = any($1::uuid[]) and ${IS_OPEN} group by s.id`,
    [statementIds],
  );
  const byStatement = new Map(rows.map(({ id, minor }) => [id, minor]));
  return statementIds.map((id) => byStatement.get(id) ?? 0n);
}

/**
 * What need not be paid of payments for so long, in minor units, for `load`: what the payer disputes of lines that are settled by them. Nothing
 * where the operator pays, since a partner wants to receive more then, not less. What is between two partners belongs to the payment between
 * them, where there is one.
 */
export async function readDisputedMinor(db: Db, instructionIds: readonly string[]): Promise<bigint[]> {
  const rows = await db.rows<{ id: string; minor: bigint }>(
    `select i.id, sum(d.disputed_minor)::bigint as minor
     from settlement.instructions i
     join (${DISPUTES}) on s.cycle_no = i.cycle_no and s.partner_id = i.payer
     left join lateral (
       select direct.id from settlement.shares o
       join settlement.instructions direct on direct.cycle_no = l.cycle_no and direct.statement_id is null and direct.amount_minor > 0
         and (direct.payer, direct.payee) in ((h.partner_id, o.partner_id), (o.partner_id, h.partner_id))
       where o.line_id = l.id
     ) direct on true
     where i.id = any($1::uuid[]) and ${IS_OPEN} and (direct.id = i.id or (direct.id is null and i.payee is null))
     group by i.id`,
    [instructionIds],
  );
  const byInstruction = new Map(rows.map(({ id, minor }) => [id, minor]));
  return instructionIds.map((id) => byInstruction.get(id) ?? 0n);
}

/** How many disputes of a cycle are open, of a partner or of all. */
export interface OpenCount {
  readonly cycleNo: number;
  readonly partnerId: string | null;
}

/** How many disputes are open, for `load`. */
export async function countOpenDisputes(db: Db, wanted: readonly OpenCount[]): Promise<number[]> {
  const rows = await db.rows<{ n: bigint; open: number }>(
    `select w.n, (
       select count(*)::integer from ${DISPUTES} where s.cycle_no = w.cycle_no and (w.partner_id is null or s.partner_id = w.partner_id) and ${IS_OPEN}
     ) as open
     from unnest($1::integer[], $2::uuid[]) with ordinality as w (cycle_no, partner_id, n)
     order by w.n`,
    [wanted.map(({ cycleNo }) => cycleNo), wanted.map(({ partnerId }) => partnerId)],
  );
  return rows.map(({ open }) => open);
}

/** A page of the queue. */
export interface DisputePage {
  readonly partnerId: string | undefined;
  readonly status: DisputeStatus | undefined;
  readonly size: number;
  readonly after: DisputePlace | undefined;
  readonly before: DisputePlace | undefined;
  readonly backwards: boolean;
}

/** A place in the queue: when an answer is due, 'infinity' when none is, and the dispute's stored id. */
export type DisputePlace = readonly [due: string, id: string];

const DUE = "coalesce(d.due_at, 'infinity')";

/** One more dispute than the page holds, what is due first first; from the other end when read backwards. */
export function readDisputeQueue(db: Db, { partnerId, status, size, after, before, backwards }: DisputePage): Promise<Dispute[]> {
  const turn = backwards ? 'desc' : 'asc';
  return db.rows<Dispute>(
    `select ${COLUMNS} from ${DISPUTES}
     where ($1::uuid is null or s.partner_id = $1) and ($2::text is null or d.status = $2)
       and ($3::timestamptz is null or (${DUE}, d.id) > ($3, $4::uuid)) and ($5::timestamptz is null or (${DUE}, d.id) < ($5, $6::uuid))
     order by ${DUE} ${turn}, d.id ${turn} limit $7`,
    [partnerId ?? null, status ?? null, after?.[0] ?? null, after?.[1] ?? null, before?.[0] ?? null, before?.[1] ?? null, size + 1],
  );
}

/** Disputes whose answer was due by an instant, the longest waiting first. */
export function readDueDisputes(db: Db, asOf: Date, limit: number): Promise<Dispute[]> {
  return db.rows<Dispute>(`select ${COLUMNS} from ${DISPUTES} where ${DUE} <= $1::timestamptz order by ${DUE}, d.id limit $2`, [
    asOf.toISOString(),
    limit,
  ]);
}

/** What of a line its disputes cover, and how many of them there are; but for one of them, when it is named. */
export async function readCovered(db: Db, shareId: string, except?: string): Promise<{ minor: bigint; disputes: number }> {
  const [row] = await db.rows<{ minor: bigint; disputes: number }>(
    `select coalesce(sum(covered_minor), 0)::bigint as minor, count(*)::integer as disputes from settlement.disputes
     where share_id = $1 and id is distinct from $2::uuid`,
    [shareId, except ?? null],
  );
  return row ?? { minor: 0n, disputes: 0 };
}

/** The other parties of the line of a share: partners by their stored ids, null for the operator and the pool. */
export async function readOtherParties(db: Db, shareId: string): Promise<(string | null)[]> {
  const rows = await db.rows<{ partnerId: string | null }>(
    `select other.partner_id as "partnerId" from settlement.shares own join settlement.shares other on other.line_id = own.line_id
     where own.id = $1 and other.id <> own.id`,
    [shareId],
  );
  return rows.map(({ partnerId }) => partnerId);
}

export async function insertDispute(tx: Tx, dispute: Dispute): Promise<void> {
  await tx.rows(
    `insert into settlement.disputes (id, share_id, reason, disputed_minor, status, stage, opened_at, due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      dispute.id,
      dispute.shareId,
      dispute.reason,
      dispute.disputedMinor,
      dispute.status,
      dispute.stage,
      dispute.openedAt.toISOString(),
      dispute.dueAt?.toISOString() ?? null,
    ],
  );
}

/** Stores what can change of a dispute. */
export async function updateDispute(tx: Tx, dispute: Dispute): Promise<void> {
  await tx.rows(
    `update settlement.disputes set status = $2, stage = $3, accepted_minor = $4, adjustment_id = $5, due_at = $6, escalable_until = $7, resolved_at = $8
     where id = $1`,
    [
      dispute.id,
      dispute.status,
      dispute.stage,
      dispute.acceptedMinor,
      dispute.adjustmentId,
      dispute.dueAt?.toISOString() ?? null,
      dispute.escalableUntil?.toISOString() ?? null,
      dispute.resolvedAt?.toISOString() ?? null,
    ],
  );
}

/** DISPUTED while one of its disputes is open, ISSUED otherwise; a statement that the partner accepted stays so. */
export async function sayWhetherDisputed(tx: Tx, statementId: string): Promise<void> {
  await tx.rows(
    `update settlement.statements set status = case when exists (select from ${DISPUTES} where s.id = $1 and ${IS_OPEN}) then 'DISPUTED' else 'ISSUED' end
     where id = $1 and status in ('ISSUED', 'DISPUTED')`,
    [statementId],
  );
}
