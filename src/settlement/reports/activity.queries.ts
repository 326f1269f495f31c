import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountsOf, CYCLE, ENTRIES, SALES } from '../lines/cycle-entries.ts';
import { memberOf } from '../lines/cycle-sums.queries.ts';

/** Members of a cycle who did one kind of thing at a partner: ANY is at least one of them, or points of a promotion, or a reported sale. */
export interface Activity {
  readonly kind: 'EARNED' | 'BURNED' | 'ANY';
  /** Null for all partners together, where a member counts once. */
  readonly partnerId: string | null;
  readonly members: number;
  /** Those of them who did it at no other partner. */
  readonly onlyHere: number;
}

/** How many different members were active in a cycle, and where; reversals and refunds count as well. */
export function readActivity(db: Db, cycle: Cycle): Promise<Activity[]> {
  return db.rows<Activity>(
    `with acted as materialized (
       select distinct case a.kind when 'ISSUANCE' then 'EARNED' when 'REDEEMED' then 'BURNED' else 'ANY' end as kind,
         coalesce(a.owner_partner, p.partner) as partner, wallet.owner as member
       from ${CYCLE}
       cross join lateral (
         select a.*, case when a.kind <> 'JOINT' then a.owner end as owner_partner
         from ${accountsOf("a.kind in ('ISSUANCE', 'REDEEMED', 'JOINT') and a.unit <> 0")}
       ) a
       cross join lateral ${ENTRIES}
       cross join lateral (select ${memberOf('p.id')} as owner offset 0) wallet
       where e.available <> 0 and wallet.owner is not null
     ), active as materialized (
       select kind, partner, member from acted where kind <> 'ANY'
       union
       select 'ANY', partner, member from acted
       union
       select 'ANY', s.partner_id, s.member_id from ${CYCLE} cross join lateral ${SALES}
     ), visited as (
       select kind, member, count(*) as partners from active group by kind, member
     )
     select a.kind, a.partner as "partnerId", count(*)::integer as members, (count(*) filter (where v.partners = 1))::integer as "onlyHere"
     from active a join visited v on v.kind = a.kind and v.member = a.member
     group by a.kind, a.partner
     union all
     select kind, null, count(*)::integer, count(*)::integer from visited group by kind`,
    [cycle.no, [], [], null],
  );
}
