import { accrueMany } from '../exchange/accrual/accrue.ts';
import { newId } from '../kernel/ids.ts';
import { dayOf, startOfDay } from '../kernel/instant.ts';
import { enrolMany } from '../members/enrol-many.ts';
import { bumpRevision, coalitionToChange } from '../partners/coalition.ts';
import { foundPartners } from '../partners/found-partners.ts';
import { configureProgram } from '../partners/program/configure-program.ts';
import { isAnythingPosted } from '../partners/program/is-anything-posted.ts';
import { type Database, type Tx, transact } from '../platform/database.ts';
import { DEMO_MEMBERS, DEMO_PARTNERS, DEMO_PROGRAM, DEMO_PURCHASES } from './demo-coalition.ts';

const HOUR = 3_600_000;

/** Fills an empty database with the fictional coalition; one with a partner in it is left as it is. Answers whether it did. */
export async function seedDemo(database: Database): Promise<boolean> {
  return transact(database, async (tx) => {
    const { coalition, now } = await coalitionToChange(tx);
    if (coalition.partners.length > 0 || (await isAnythingPosted(tx))) return false;
    const startsAt = startOfDay(`${dayOf(now, DEMO_PROGRAM.timeZone).slice(0, 7)}-01`, DEMO_PROGRAM.timeZone);
    const configured = await configureProgram(tx, { ...DEMO_PROGRAM, startsAt }, { coalition });
    if ('refused' in configured) throw new Error(configured.refused.message);
    await bumpRevision(tx);
    const partnerIds = await foundPartners(
      tx,
      DEMO_PARTNERS.map((partner) => ({ ...partner, effectiveFrom: startsAt })),
    );
    await seedMembers(tx, partnerIds, startsAt);
    await seedPurchases(tx, partnerIds, startsAt, now);
    return true;
  });
}

function idOf(partnerIds: ReadonlyMap<string, string>, code: string): string {
  const id = partnerIds.get(code);
  if (id === undefined) throw new Error(`the coalition has no partner ${code}`);
  return id;
}

async function seedMembers(tx: Tx, partnerIds: ReadonlyMap<string, string>, enrolledAt: Date): Promise<void> {
  const outcomes = await enrolMany(
    tx,
    DEMO_MEMBERS.map(({ home, ...member }) => ({
      ...member,
      id: newId(),
      homePartnerId: idOf(partnerIds, home),
      externalScope: idOf(partnerIds, home),
      consents: [
        { purpose: 'SERVICE' as const, granted: true, version: '1' },
        { purpose: 'DATA_SHARING' as const, granted: true, version: '1' },
      ],
      enrolledAt,
    })),
  );
  for (const outcome of outcomes) if ('refused' in outcome) throw new Error(outcome.refused.message);
}

async function seedPurchases(tx: Tx, partnerIds: ReadonlyMap<string, string>, startsAt: Date, now: Date): Promise<void> {
  for (const [at, { member, partner, minor, hours }] of DEMO_PURCHASES.entries()) {
    const partnerId = idOf(partnerIds, partner);
    const occurredAt = new Date(Math.min(startsAt.getTime() + hours * HOUR, now.getTime()));
    const externalId = `${partner}-${1001 + at}`;
    const [outcome] = await accrueMany(tx, `partner:${partnerId}`, partnerId, [
      {
        idempotencyKey: `demo-${externalId}`,
        externalId,
        member: { done: { kind: 'cardNumber', value: DEMO_MEMBERS[member].cardNumber } },
        occurredAt,
        channel: 'POS',
        amount: { minor, currency: DEMO_PROGRAM.settlementCurrency },
        confirm: 'AUTO',
      },
    ]);
    if (outcome === undefined || 'refused' in outcome) throw new Error(outcome?.refused.message ?? 'a purchase had no outcome');
  }
}
