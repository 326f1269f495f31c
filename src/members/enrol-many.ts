import { done, type Outcome, type Refusal, refused } from '../kernel/refusal.ts';
import { Retry, type Tx } from '../platform/database.ts';
import { type Enrolment, readEnrolment } from './enrolment.rules.ts';
import type { Member } from './member.ts';

/** Arrays of the enrolments' values, column by column, as the statements below take them. */
function columnsOf(enrolments: readonly Enrolment[]): unknown[] {
  return [
    enrolments.map((e) => e.id),
    enrolments.map((e) => e.cardNumber),
    enrolments.map((e) => e.email ?? null),
    enrolments.map((e) => e.phone ?? null),
    enrolments.map((e) => e.externalScope),
    enrolments.map((e) => e.externalId ?? null),
  ];
}

const GIVEN = `unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[])
  with ordinality as g (id, card_number, email, phone, scope, external_id, n)`;

// The operator's and partners' apart: `is not distinct from` uses no index.
const EXTERNAL_ID_IS_TAKEN = `g.external_id is not null and case
  when g.scope is null then exists (select from members.external_ids x where x.partner_id is null and x.external_id = g.external_id)
  else exists (select from members.external_ids x where x.partner_id = g.scope and x.external_id = g.external_id)
end`;

/** Enrols members in a constant number of statements. One refused enrolment refuses that one only; of two equal ones the first is done. */
export async function enrolMany(tx: Tx, enrolments: readonly Enrolment[]): Promise<Outcome<Member>[]> {
  const outcomes = refuseRepeated(enrolments.map(readEnrolment));
  const valid = outcomes.flatMap((outcome) => ('done' in outcome ? [outcome.done] : []));
  const enrolled = await insertMembers(tx, valid);
  const kept = valid.filter((enrolment) => enrolled.has(enrolment.id));
  await insertExternalIds(tx, kept);
  await insertConsents(tx, kept);
  const refusals = await explain(
    tx,
    valid.filter((enrolment) => !enrolled.has(enrolment.id)),
  );
  return outcomes.map((outcome) => {
    if ('refused' in outcome) return outcome;
    const refusal = refusals.get(outcome.done.id);
    return refusal === undefined ? done(toMember(outcome.done)) : { refused: refusal };
  });
}

/** The insert below cannot see external ids of the same batch, so their repetitions are found here. */
function refuseRepeated(outcomes: readonly Outcome<Enrolment>[]): Outcome<Enrolment>[] {
  const seen = new Set<string>();
  return outcomes.map((outcome) => {
    if ('refused' in outcome || outcome.done.externalId === undefined) return outcome;
    const key = JSON.stringify([outcome.done.externalScope, outcome.done.externalId]);
    if (seen.has(key)) return duplicate('externalId');
    seen.add(key);
    return outcome;
  });
}

async function insertMembers(tx: Tx, enrolments: readonly Enrolment[]): Promise<Set<string>> {
  if (enrolments.length === 0) return new Set();
  const rows = await tx.rows<{ id: string }>(
    `insert into members.members (id, card_number, display_name, email, phone, home_partner, enrolled_at)
     select g.id, g.card_number, m.display_name, g.email, g.phone, m.home_partner, m.enrolled_at
     from ${GIVEN}
     join unnest($7::text[], $8::uuid[], $9::timestamptz[]) with ordinality as m (display_name, home_partner, enrolled_at, n) using (n)
     where not (${EXTERNAL_ID_IS_TAKEN})
     order by n
     on conflict do nothing returning id`,
    [
      ...columnsOf(enrolments),
      enrolments.map((e) => e.displayName),
      enrolments.map((e) => e.homePartnerId),
      enrolments.map((e) => e.enrolledAt),
    ],
  );
  return new Set(rows.map((row) => row.id));
}

async function insertExternalIds(tx: Tx, enrolments: readonly Enrolment[]): Promise<void> {
  const named = enrolments.filter((e) => e.externalId !== undefined);
  if (named.length === 0) return;
  const kept = await tx.rows(
    `insert into members.external_ids (partner_id, external_id, member_id)
     select * from unnest($1::uuid[], $2::text[], $3::uuid[])
     on conflict do nothing returning true as kept`,
    [named.map((e) => e.externalScope), named.map((e) => e.externalId), named.map((e) => e.id)],
  );
  if (kept.length < named.length) throw new Retry('an external id was taken by somebody else in the meantime');
}

async function insertConsents(tx: Tx, enrolments: readonly Enrolment[]): Promise<void> {
  const consents = enrolments.flatMap((e) => e.consents.map((consent) => ({ ...consent, memberId: e.id, at: e.enrolledAt })));
  if (consents.length === 0) return;
  await tx.rows(
    `insert into members.consents (member_id, purpose, granted, version, recorded_at)
     select * from unnest($1::uuid[], $2::text[], $3::boolean[], $4::text[], $5::timestamptz[])`,
    [
      consents.map((c) => c.memberId),
      consents.map((c) => c.purpose),
      consents.map((c) => c.granted),
      consents.map((c) => c.version),
      consents.map((c) => c.at),
    ],
  );
}

const duplicate = (field: string) =>
  refused('DUPLICATE', `A member with this ${field === 'externalId' ? 'external id' : field} exists already.`, { field: [field] });

/** Why these were not inserted: which of what identifies them belongs to a member. */
async function explain(tx: Tx, enrolments: readonly Enrolment[]): Promise<Map<string, Refusal>> {
  if (enrolments.length === 0) return new Map();
  const rows = await tx.rows<{ id: string; field: string | null }>(
    `select g.id, case
       when ${EXTERNAL_ID_IS_TAKEN} then 'externalId'
       when exists (select from members.members m where m.phone = g.phone) then 'phone'
       when exists (select from members.members m where m.email = g.email) then 'email'
       when exists (select from members.members m where m.card_number = g.card_number) then 'cardNumber'
     end as field
     from ${GIVEN}`,
    columnsOf(enrolments),
  );
  return new Map(
    rows.map(({ id, field }) => {
      if (field === null) throw new Retry('what stood in the way of an enrolment is gone');
      return [id, duplicate(field).refused];
    }),
  );
}

function toMember(e: Enrolment): Member {
  return {
    id: e.id,
    cardNumber: e.cardNumber,
    displayName: e.displayName,
    email: e.email ?? null,
    phone: e.phone ?? null,
    homePartnerId: e.homePartnerId,
    status: 'ACTIVE',
    tier: null,
    enrolledAt: e.enrolledAt,
  };
}
