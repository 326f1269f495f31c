import { z } from 'zod';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import { toStoredJson } from '../../platform/stored-json.ts';
import type { Moment } from '../change-coalition.ts';
import { amount } from '../contracts/clauses/parameters.ts';
import { statusAt } from '../contracts/contract.rules.ts';
import { earnConditions } from './earn-conditions.rules.ts';
import { earnFormula } from './earn-formula.rules.ts';
import { EarnRuleEntity } from './earn-rule.entity.ts';

function shapeIn(settlementCurrency: string) {
  return z
    .object({
      code: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'A code is 1 to 64 letters, digits, dots, hyphens and underscores.'),
      partner: z.string().optional(),
      currency: z.string(),
      effectiveFrom: z.date(),
      effectiveUntil: z.date().optional(),
      ...earnFormula,
      conditions: earnConditions(settlementCurrency).default({}),
      dailySpendCap: amount
        .refine(({ currency }) => currency === settlementCurrency, `Money is in the settlement currency, ${settlementCurrency}.`)
        .optional(),
    })
    .refine((rule) => rule.effectiveUntil === undefined || rule.effectiveFrom < rule.effectiveUntil, {
      path: ['effectiveUntil'],
      message: 'A rule ends after it starts.',
    })
    .refine((rule) => rule.flatMilliPointsPerUnit === undefined || rule.ladder === undefined, {
      path: ['ladder'],
      message: 'A rule has a flat rate or a ladder, not both.',
    })
    .refine(
      (rule) => [rule.flatMilliPointsPerUnit, rule.ladder, rule.multiplierBps, rule.bonusPoints].some((part) => part !== undefined),
      'A rule gives something: flatMilliPointsPerUnit, ladder, multiplierBps or bonusPoints.',
    );
}

/** Every purchase is looked up in all of them, and every process keeps them in memory. */
const MOST_VERSIONS = 1_000;

type Publisher = Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;

/** Publishes a rule, or the next version of it, which ends the one before. A partner publishes for itself, the operator for anybody or all. */
export async function publishEarnRule(
  tx: Tx,
  command: object,
  { coalition, now, id }: Moment,
  viewer: Publisher,
): Promise<Outcome<string>> {
  const shaped = checkShape(shapeIn(coalition.program.settlementCurrency), command);
  if ('refused' in shaped) return shaped;
  const { code, partner: partnerCode, currency: currencyCode, effectiveFrom, effectiveUntil, dailySpendCap, ...formula } = shaped.done;
  const currency = coalition.currencyOf(currencyCode);
  if (currency === undefined) return invalid('currency', `There is no point currency ${currencyCode}.`);
  const named = partnerCode === undefined ? undefined : coalition.partnerOf(partnerCode);
  if (partnerCode !== undefined && named === undefined) return invalid('partner', `There is no partner ${partnerCode}.`);
  if (viewer.role === 'PARTNER' && named !== undefined && named.id !== viewer.partnerId) {
    return refused('FORBIDDEN', 'A partner publishes its own rules.', { field: ['partner'] });
  }
  const partnerId = viewer.role === 'PARTNER' ? viewer.partnerId : named?.id;
  const contract = viewer.role === 'PARTNER' ? coalition.contractOf(viewer.partnerId) : undefined;
  if (contract !== undefined && statusAt(contract, now) === 'TERMINATED')
    return refused('CONTRACT_ENDED', `The partner's contract ended at ${contract.tailEnd?.toISOString()}.`);

  const own = coalition.earnRules.filter((rule) => rule.partnerId === partnerId);
  if (own.length >= MOST_VERSIONS) {
    return refused('CAP_EXCEEDED', `All rules of a partner, or of the program, have at most ${MOST_VERSIONS} versions together.`);
  }
  const versions = own.filter((rule) => rule.code === code);
  await endBefore(
    tx,
    versions.map((rule) => rule.id),
    effectiveFrom,
  );
  await tx.em.insert(EarnRuleEntity, {
    id,
    code,
    version: versions.length + 1,
    partnerId,
    currencyNo: currency.no,
    effectiveFrom,
    effectiveUntil,
    definition: toStoredJson({ ...formula, dailySpendCapMinor: dailySpendCap?.minor }),
    publishedAt: now,
  });
  return done(id);
}

/** What was to apply at this instant or later no longer does. */
async function endBefore(tx: Tx, ids: readonly string[], instant: Date): Promise<void> {
  await tx.rows(
    `update partners.earn_rules set effective_until = greatest(effective_from, $2)
     where id = any ($1) and (effective_until is null or effective_until > $2)`,
    [ids, instant],
  );
}
