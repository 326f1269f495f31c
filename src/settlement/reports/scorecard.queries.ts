import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { PartnerCount } from '../lines/cycle-facts.ts';

/** How many members enrolled through partners while a cycle lasted; of the open one, so far. */
export function readNewMembers(db: Db, { startsAt, cutoff, status }: Cycle): Promise<PartnerCount[]> {
  return db.rows<PartnerCount>(
    `select home_partner as "partnerId", count(*) as count from members.members
     where home_partner is not null and enrolled_at >= $1::timestamptz and (enrolled_at < $2::timestamptz or $3)
     group by home_partner`,
    [startsAt.toISOString(), cutoff.toISOString(), status === 'OPEN'],
  );
}
