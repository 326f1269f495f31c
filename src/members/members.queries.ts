import { parseIdOf } from '../kernel/ids.ts';
import type { ConsentPurpose } from '../partners/consent-purpose.ts';
import { mergedLists } from '../platform/batching/merged.ts';
import type { Db, Tx } from '../platform/database.ts';
import { normalEmail, normalPhone } from './identity.rules.ts';
import type { Member, MemberKey, RecordedConsent } from './member.ts';
import { hashOfToken } from './redemption-token.rules.ts';

const MEMBER_COLUMNS = `m.id, m.card_number as "cardNumber", m.display_name as "displayName", m.email, m.phone,
  m.home_partner as "homePartnerId", m.status, m.tier, m.enrolled_at as "enrolledAt"`;

/** How each kind of key reaches a member through an index; statements are put together from the kinds that are asked for. */
const PATHS: Readonly<Record<string, string>> = {
  id: "select k.n, k.id from k where k.kind = 'id'",
  redemptionToken: `select k.n, t.member_id from k join members.redemption_tokens t on t.hash = decode(k.value, 'hex') where k.kind = 'redemptionToken'`,
  cardNumber: "select k.n, m.id from k join members.members m on m.card_number = k.value where k.kind = 'cardNumber'",
  phone: "select k.n, m.id from k join members.members m on m.phone = k.value where k.kind = 'phone'",
  email: "select k.n, m.id from k join members.members m on m.email = k.value where k.kind = 'email'",
  externalId: `select k.n, x.member_id from k join members.external_ids x on x.partner_id = k.partner_id and x.external_id = k.value where k.kind = 'externalId'`,
  operatorsExternalId: `select k.n, x.member_id from k join members.external_ids x on x.partner_id is null and x.external_id = k.value where k.kind = 'operatorsExternalId'`,
};

function pathOf(key: MemberKey): string {
  return key.kind === 'externalId' && (key.partnerId ?? null) === null ? 'operatorsExternalId' : key.kind;
}

function searchValue({ kind, value }: MemberKey): string | undefined {
  if (kind === 'phone') return normalPhone(value);
  if (kind === 'email') return normalEmail(value);
  if (kind === 'redemptionToken') return hashOfToken(value).toString('hex');
  // PostgreSQL keeps no text with a NUL in it, so nobody is called that.
  return value.includes('\0') ? undefined : value;
}

/** A member that was found, with the place of its key, from 1. */
export type FoundMember = Member & { readonly n: bigint };

/** The query for the members behind many keys of any kinds; it takes the first four parameters of its statement. */
export function searchFor(keys: readonly MemberKey[]): { readonly query: string; readonly parameters: readonly unknown[] } {
  const kinds = keys.map(pathOf);
  // In one order, so that the statement is the same one whichever comes first.
  const paths = Object.entries(PATHS).flatMap(([kind, path]) => (kinds.includes(kind) ? [path] : []));
  return {
    query: `with k as (
       select * from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) with ordinality as k (kind, value, id, partner_id, n)
     )
     select f.n, ${MEMBER_COLUMNS}
     from (${paths.join(' union all ')}) f (n, id)
     join members.members m on m.id = f.id`,
    parameters: [
      kinds,
      keys.map((key) => searchValue(key) ?? null),
      keys.map((key) => (key.kind === 'id' ? (parseIdOf('Member', key.value) ?? null) : null)),
      keys.map((key) => key.partnerId ?? null),
    ],
  };
}

/** The members behind many keys of any kinds, in one statement; undefined where there is none. */
export const findMembers = mergedLists('READ', async (db: Db, keys: readonly MemberKey[]): Promise<(Member | undefined)[]> => {
  const found: (Member | undefined)[] = keys.map(() => undefined);
  const { query, parameters } = searchFor(keys);
  for (const { n, ...member } of await db.rows<FoundMember>(query, parameters)) found[Number(n) - 1] = member;
  return found;
});

/** Waits for other changes of a member: what is read of it from here on holds until the transaction ends. */
export async function lockMember(tx: Tx, id: string): Promise<void> {
  await tx.rows('select from members.members where id = $1 for update', [parseIdOf('Member', id) ?? null]);
}

/** Members by their stored ids, for `load`; undefined where there is none. */
export const readMembers = mergedLists('READ', async (db: Db, ids: readonly string[]): Promise<(Member | undefined)[]> => {
  const rows = await db.rows<Member>(`select ${MEMBER_COLUMNS} from members.members m where m.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((member) => [member.id, member]));
  return ids.map((id) => byId.get(id));
});

/** The consents in force of each member: the last word on each purpose. */
export async function readConsents(db: Db, memberIds: readonly string[]): Promise<RecordedConsent[][]> {
  const rows = await db.rows<RecordedConsent & { memberId: string; purpose: ConsentPurpose }>(
    `select distinct on (member_id, purpose) member_id as "memberId", purpose, granted, version, recorded_at as "recordedAt"
     from members.consents where member_id = any($1::uuid[])
     order by member_id, purpose, recorded_at desc`,
    [memberIds],
  );
  const byMember = Map.groupBy(rows, (row) => row.memberId);
  return memberIds.map((id) => (byMember.get(id) ?? []).map(({ memberId: _, ...consent }) => consent));
}
