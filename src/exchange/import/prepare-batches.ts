import { randomInt } from 'node:crypto';
import { newId } from '../../kernel/ids.ts';
import { enrolMany } from '../../members/enrol-many.ts';
import { cardNumberFrom } from '../../members/enrolment.rules.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import { type Database, Retry, type Tx, transact } from '../../platform/database.ts';
import type { AccrueCommand } from '../accrual/plan-accrual.ts';
import { countOccurrences } from './occurrences.ts';
import { externalIdOf, type Line, type PurchaseLine } from './purchase-line.ts';

/** Whose purchases they are, and in which currency. */
export interface ImportTarget {
  readonly partnerId: string;
  readonly settlementCurrency: string;
}

/** Lines whose members are enrolled, with the accruals that those which can be read ask for. */
export interface Prepared {
  readonly lines: readonly Line[];
  readonly commands: readonly AccrueCommand[];
  readonly enrolled: number;
}

const BATCH = 2000;

/** Enrols the members of each batch and works out what to ask for. Enrolling is done when the batch comes out. */
export async function* prepareBatches(
  database: Database,
  target: ImportTarget,
  run: string,
  blocks: AsyncIterable<readonly Line[]>,
): AsyncGenerator<Prepared> {
  for await (const lines of batchesOf(blocks)) {
    const purchases = lines.flatMap(({ purchase }) => ('done' in purchase ? [purchase.done] : []));
    yield await transact(database, async (tx) => {
      const enrolled = await enrolUnseen(tx, target.partnerId, purchases);
      const occurrences = await countOccurrences(
        tx,
        run,
        purchases.map(({ content }) => content),
      );
      return { lines, enrolled, commands: purchases.map((purchase, at) => toCommand(purchase, occurrences[at] ?? 1, target)) };
    });
  }
}

async function* batchesOf(blocks: AsyncIterable<readonly Line[]>): AsyncGenerator<Line[]> {
  let waiting: Line[] = [];
  for await (const block of blocks) {
    waiting = waiting.concat(block);
    while (waiting.length >= BATCH) yield waiting.splice(0, BATCH);
  }
  if (waiting.length > 0) yield waiting;
}

function toCommand(
  { content, member, occurredAt, amountMinor }: PurchaseLine,
  occurrence: number,
  { partnerId, settlementCurrency }: ImportTarget,
): AccrueCommand {
  return {
    // The external id is all that tells a repetition.
    idempotencyKey: undefined,
    externalId: externalIdOf(content, occurrence),
    member: { done: { kind: 'externalId', value: member, partnerId } },
    occurredAt,
    channel: 'PARTNER_API',
    amount: { minor: amountMinor, currency: settlementCurrency },
    confirm: 'AUTO',
  };
}

/** Enrols the members that the partner has not named before; they joined with the earliest purchase of the batch. */
async function enrolUnseen(tx: Tx, partnerId: string, purchases: readonly PurchaseLine[]): Promise<number> {
  const { now } = await coalitionNow(tx);
  const joined = new Map<string, Date>();
  for (const { member, occurredAt } of purchases) {
    // A purchase that has not happened yet is refused, and makes nobody a member.
    if (occurredAt <= (joined.get(member) ?? now)) joined.set(member, occurredAt);
  }
  // In one order, so that two imports at the same time do not wait for each other in a circle.
  const names = [...joined.keys()].sort();
  const known = await findMembers(
    tx,
    names.map((value) => ({ kind: 'externalId', value, partnerId })),
  );
  const unseen = names.filter((_, at) => known[at] === undefined);
  if (unseen.length === 0) return 0;
  const outcomes = await enrolMany(
    tx,
    unseen.map((externalId) => ({
      id: newId(),
      cardNumber: cardNumberFrom(drawDigits()),
      displayName: externalId,
      homePartnerId: partnerId,
      externalId,
      externalScope: partnerId,
      consents: [{ purpose: 'SERVICE', granted: true, version: 'import' }],
      enrolledAt: joined.get(externalId) ?? now,
    })),
  );
  // The number was drawn at random and is another one the next time.
  if (outcomes.some((outcome) => 'refused' in outcome && outcome.refused.field?.[0] === 'cardNumber'))
    throw new Retry('a card number was drawn twice');
  return outcomes.filter((outcome) => 'done' in outcome).length;
}

/** The digits of one random number: drawing each by itself takes longer than all the rest of an enrolment. */
function drawDigits(): () => number {
  const digits = String(randomInt(10 ** 13)).padStart(13, '0');
  let at = 0;
  return () => Number(digits[at++]);
}
