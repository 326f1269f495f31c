import type { Db } from '../../platform/database.ts';
import type { ContractEvent } from './contract-event.ts';

/** A page of one contract's history, newest first, or its oldest steps first when `backwards`. */
export interface EventsRequest {
  readonly contractId: string;
  readonly size: number;
  readonly below: number | undefined;
  readonly above: number | undefined;
  readonly backwards: boolean;
  /** Whether steps that only the operator sees are wanted: those of drafts. */
  readonly withDrafts: boolean;
}

/** For each request one event more than the page holds; one statement however many requests. */
export async function readContractEvents(db: Db, requests: readonly EventsRequest[]): Promise<ContractEvent[][]> {
  const rows = await db.rows<ContractEvent & { n: bigint }>(
    `select r.n, e.no, e.version, e.kind, e.party, e.at, e.note
     from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[], $5::boolean[], $6::boolean[])
       with ordinality as r (contract_id, size, below, above, backwards, with_drafts, n)
     cross join lateral (
       select * from partners.contract_events e
       where e.contract_id = r.contract_id and (r.below is null or e.no < r.below) and (r.above is null or e.no > r.above)
         and (r.with_drafts or e.kind not in ('DRAFTED', 'REVISED'))
       order by case when r.backwards then e.no else -e.no end limit r.size + 1
     ) e
     order by r.n, case when r.backwards then e.no else -e.no end`,
    [
      requests.map((request) => request.contractId),
      requests.map((request) => request.size),
      requests.map((request) => request.below ?? null),
      requests.map((request) => request.above ?? null),
      requests.map((request) => request.backwards),
      requests.map((request) => request.withDrafts),
    ],
  );
  const byRequest = Map.groupBy(rows, (row) => Number(row.n));
  return requests.map((_, at) => byRequest.get(at + 1) ?? []);
}
