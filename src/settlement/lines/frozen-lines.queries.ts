import type { Db, Tx } from '../../platform/database.ts';
import type { CycleLine, LineType, Share } from './cycle-line.ts';
import type { Workings } from './workings.rules.ts';

interface ShareRow extends Share {
  readonly cycleNo: number;
  readonly lineId: string;
  readonly type: LineType;
  readonly key: string;
  readonly description: string;
  readonly workings: Workings;
  readonly party: string;
}

/** The frozen lines of cycles by their numbers, in the order in which they were drawn, for `load`. */
export async function readFrozenLines(db: Db, cycleNos: readonly number[]): Promise<CycleLine[][]> {
  const rows = await db.rows<ShareRow>(
    `select l.cycle_no as "cycleNo", l.id as "lineId", l.type, l.key, l.description, l.workings, s.party, s.micros, s.minor
     from settlement.lines l join settlement.shares s on s.line_id = l.id
     where l.cycle_no = any($1::integer[])
     order by l.cycle_no, l.position, s.id`,
    [cycleNos],
  );
  const byCycle = Map.groupBy(rows, ({ cycleNo }) => cycleNo);
  return cycleNos.map((no) => [...Map.groupBy(byCycle.get(no) ?? [], ({ lineId }) => lineId).values()].flatMap(toLine));
}

function toLine(shares: readonly ShareRow[]): CycleLine[] {
  const [first] = shares;
  if (first === undefined) return [];
  const { type, key, description, workings } = first;
  return [{ type, key, description, workings, shares: new Map(shares.map(({ party, micros, minor }) => [party, { micros, minor }])) }];
}

/** A line with the ids under which it and its shares are kept, and each partner's share with its place in the statement. */
export interface FrozenLine extends CycleLine {
  readonly id: string;
  readonly kept: readonly {
    readonly id: string;
    readonly party: string;
    readonly partnerId: string | null;
    readonly no: number | null;
    readonly share: Share;
  }[];
}

/** Freezes the lines of a cycle. */
export async function insertLines(tx: Tx, cycleNo: number, lines: readonly FrozenLine[]): Promise<void> {
  await tx.rows(
    `insert into settlement.lines (id, cycle_no, position, type, key, description, workings)
     select l.id, $1, l.position, l.type, l.key, l.description, l.workings
     from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[]) with ordinality as l (id, type, key, description, workings, position)`,
    [
      cycleNo,
      lines.map(({ id }) => id),
      lines.map(({ type }) => type),
      lines.map(({ key }) => key),
      lines.map((l) => l.description),
      lines.map(({ workings }) => JSON.stringify(workings)),
    ],
  );
  const shares = lines.flatMap(({ id: lineId, kept }) => kept.map((one) => ({ lineId, ...one })));
  await tx.rows(
    `insert into settlement.shares (id, line_id, party, partner_id, no, micros, minor)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::integer[], $6::bigint[], $7::bigint[])`,
    [
      shares.map(({ id }) => id),
      shares.map(({ lineId }) => lineId),
      shares.map(({ party }) => party),
      shares.map(({ partnerId }) => partnerId),
      shares.map(({ no }) => no),
      shares.map(({ share }) => share.micros),
      shares.map(({ share }) => share.minor),
    ],
  );
}
