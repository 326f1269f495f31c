import type { Db } from '../platform/database.ts';
import type { MemberGroup } from './member-groups.rules.ts';

const COLUMNS = { HOME_PARTNER: 'home_partner', TIER: 'tier', STATUS: 'status' } as const;
export type GroupedBy = keyof typeof COLUMNS;

/** How many members have each value, in its order, those without one last: of all members, or of those who joined through one partner. */
export async function countGroups(db: Db, by: GroupedBy, homePartnerId: string | undefined): Promise<MemberGroup[]> {
  const key = `${COLUMNS[by]}::text`;
  const all = `select ${key} as key, count(*)::integer as members from members.members`;
  const ordered = `group by ${key} order by ${key} collate "C" nulls last`;
  return homePartnerId === undefined
    ? db.rows<MemberGroup>(`${all} ${ordered}`)
    : db.rows<MemberGroup>(`${all} where home_partner = $1 ${ordered}`, [homePartnerId]);
}
