import { z } from 'zod';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Moment } from '../../partners/change-coalition.ts';
import { amount, months, somePoints } from '../../partners/contracts/clauses/parameters.ts';
import { hasLeft } from '../../partners/contracts/has-left.rules.ts';
import { name } from '../../partners/names.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import { REWARD_KINDS } from './reward.ts';
import { countVersions, endRewardsBefore, insertReward } from './rewards.queries.ts';

const shapeIn = (settlementCurrency: string, now: Date) =>
  z
    .object({
      code: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'A code is 1 to 64 letters, digits, dots, hyphens and underscores.'),
      partner: z.string().optional(),
      name,
      kind: z.enum(REWARD_KINDS),
      currency: z.string(),
      points: somePoints,
      faceValue: amount
        .refine(({ currency }) => currency === settlementCurrency, `Money is in the settlement currency, ${settlementCurrency}.`)
        .optional(),
      entitlementMonths: months.min(1, 'An entitlement lasts a month at least.').optional(),
      effectiveFrom: z.date().default(now),
      effectiveUntil: z.date().optional(),
    })
    .refine((reward) => reward.effectiveUntil === undefined || reward.effectiveFrom < reward.effectiveUntil, {
      path: ['effectiveUntil'],
      message: 'A reward ends after it starts.',
    });

type Publisher = Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;

/** Offers something for points, or the next version of it, which ends the one before. Whether the partner may take the points is seen when they come. */
export async function publishReward(tx: Tx, command: object, { coalition, now, id }: Moment, viewer: Publisher): Promise<Outcome<string>> {
  const shaped = checkShape(shapeIn(coalition.program.settlementCurrency, now), command);
  if ('refused' in shaped) return shaped;
  const { partner: partnerCode, currency: currencyCode, faceValue, entitlementMonths, ...reward } = shaped.done;
  const currency = coalition.currencyOf(currencyCode);
  if (currency === undefined) return invalid('currency', `There is no point currency ${currencyCode}.`);
  const named = partnerCode === undefined ? undefined : coalition.partnerOf(partnerCode);
  if (partnerCode !== undefined && named === undefined) return invalid('partner', `There is no partner ${partnerCode}.`);
  const partnerId = viewer.role === 'PARTNER' ? viewer.partnerId : named?.id;
  if (partnerId === undefined) return invalid('partner', 'A reward is of some partner: name it.');
  if (named !== undefined && named.id !== partnerId) {
    return refused('FORBIDDEN', 'A partner publishes its own rewards.', { field: ['partner'] });
  }
  if (hasLeft(coalition, partnerId, now)) return refused('CONTRACT_ENDED', "The partner's contract is over: it offers nothing more.");
  const version = (await countVersions(tx, partnerId, reward.code)) + 1;
  await endRewardsBefore(tx, partnerId, reward.code, reward.effectiveFrom);
  await insertReward(
    tx,
    {
      ...reward,
      id,
      version,
      partnerId,
      currencyNo: currency.no,
      faceValueMinor: faceValue?.minor,
      entitlementMonths,
      effectiveUntil: reward.effectiveUntil,
    },
    now,
  );
  return done(id);
}
