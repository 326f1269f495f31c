import { type Db, Retry, type Tx } from '../../platform/database.ts';
import type { Sale } from './sale.ts';

interface SaleRow {
  id: string;
  partner_id: string;
  external_id: string;
  request_hash: Buffer;
  member_id: string;
  home_partner_id: string | null;
  occurred_at: Date;
  recorded_at: Date;
  cycle_no: number;
  gross_minor: bigint;
  net_minor: bigint;
}

function toSale(row: SaleRow): Sale {
  return {
    id: row.id,
    partnerId: row.partner_id,
    externalId: row.external_id,
    memberId: row.member_id,
    homePartnerId: row.home_partner_id ?? undefined,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    cycleNo: row.cycle_no,
    grossMinor: row.gross_minor,
    netMinor: row.net_minor,
  };
}

/** Sales by id, for `load`; undefined where there is none. */
export async function readSales(db: Db, ids: readonly string[]): Promise<(Sale | undefined)[]> {
  const rows = await db.rows<SaleRow>('select * from exchange.sales where id = any($1::uuid[])', [ids]);
  const byId = new Map(rows.map((row) => [row.id, toSale(row)]));
  return ids.map((id) => byId.get(id));
}

/** The sale that a partner has reported under an external id, with the hash of what it said. */
export async function findSale(db: Db, partnerId: string, externalId: string): Promise<{ sale: Sale; hash: Buffer } | undefined> {
  const [row] = await db.rows<SaleRow>('select * from exchange.sales where partner_id = $1 and external_id = $2', [partnerId, externalId]);
  return row && { sale: toSale(row), hash: row.request_hash };
}

/** Keeps the open cycle open until the transaction ends, and answers its number. */
export async function enterOpenCycle(tx: Tx): Promise<number> {
  const [row] = await tx.rows<{ no: number }>('select ledger.enter_open_cycle() as no');
  if (row === undefined) throw new Error('no clearing cycle is open');
  return row.no;
}

/** Stores a sale. When another transaction was first with its external id, everything starts over. */
export async function insertSale(tx: Tx, sale: Sale, hash: Buffer): Promise<void> {
  const stored = await tx.rows(
    `insert into exchange.sales (id, partner_id, external_id, request_hash, member_id, home_partner_id, occurred_at, recorded_at, cycle_no, gross_minor, net_minor)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (partner_id, external_id) do nothing returning true as stored`,
    [
      sale.id,
      sale.partnerId,
      sale.externalId,
      `\\x${hash.toString('hex')}`,
      sale.memberId,
      sale.homePartnerId ?? null,
      sale.occurredAt.toISOString(),
      sale.recordedAt.toISOString(),
      sale.cycleNo,
      sale.grossMinor,
      sale.netMinor,
    ],
  );
  if (stored.length === 0) throw new Retry('a sale was reported by somebody else');
}
