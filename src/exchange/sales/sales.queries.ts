import { merged, mergedLists, mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
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
export const readSales = mergedLists('READ', async (db: Db, ids: readonly string[]): Promise<(Sale | undefined)[]> => {
  const rows = await db.rows<SaleRow>('select * from exchange.sales where id = any($1::uuid[])', [ids]);
  const byId = new Map(rows.map((row) => [row.id, toSale(row)]));
  return ids.map((id) => byId.get(id));
});

/** A sale with the hash of what its partner said of it. */
export interface StoredSale {
  readonly sale: Sale;
  readonly hash: Buffer;
}

type SaleName = Pick<Sale, 'partnerId' | 'externalId'>;

const saleName = ({ partnerId, externalId }: SaleName): string => `sale ${partnerId} ${externalId}`;

/** The sales that partners have reported under external ids. */
export const findSales = mergedLists(
  'READ',
  async (db: Db, names: readonly SaleName[]): Promise<(StoredSale | undefined)[]> => {
    const rows = await db.rows<SaleRow>(
      `select s.* from unnest($1::uuid[], $2::text[]) as n (partner_id, external_id) join exchange.sales s using (partner_id, external_id)`,
      [names.map(({ partnerId }) => partnerId), names.map(({ externalId }) => externalId)],
    );
    const found = rows.map((row) => ({ sale: toSale(row), hash: row.request_hash }));
    const byName = new Map(found.map((one) => [saleName(one.sale), one]));
    return names.map((name) => byName.get(saleName(name)));
  },
  saleName,
);

/** Keeps the open cycle open until the transaction ends, and answers its number. Like a wallet it is locked before anything else. */
export function enterOpenCycle(tx: Tx): Promise<number> {
  return enterTogether(tx, undefined);
}

const enterTogether = merged('WALLETS', async (tx: Tx, all: readonly undefined[]): Promise<number[]> => {
  const [row] = await tx.rows<{ no: number }>('select ledger.enter_open_cycle() as no');
  if (row === undefined) throw new Error('no clearing cycle is open');
  return all.map(() => row.no);
});

/** Stores sales. When another transaction was first with an external id, everything starts over. */
export const insertSales = mergedWrites('STORE', (tx: Tx, stored: readonly StoredSale[]): void => {
  // In one order, as another process may have the same ones.
  const inOrder = stored.toSorted((a, b) => (saleName(a.sale) < saleName(b.sale) ? -1 : 1));
  const sales = inOrder.map(({ sale }) => sale);
  tx.later(
    `insert into exchange.sales (id, partner_id, external_id, request_hash, member_id, home_partner_id, occurred_at, recorded_at, cycle_no, gross_minor, net_minor)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::timestamptz[], $9::integer[],
       $10::bigint[], $11::bigint[])`,
    [
      sales.map((s) => s.id),
      sales.map((s) => s.partnerId),
      sales.map((s) => s.externalId),
      inOrder.map(({ hash }) => hash),
      sales.map((s) => s.memberId),
      sales.map((s) => s.homePartnerId ?? null),
      sales.map((s) => s.occurredAt),
      sales.map((s) => s.recordedAt),
      sales.map((s) => s.cycleNo),
      sales.map((s) => s.grossMinor),
      sales.map((s) => s.netMinor),
    ],
  );
});
