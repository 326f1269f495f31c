import { z } from 'zod';
import { CHANNELS } from '../channel.ts';
import { wordUpTo } from '../text.ts';
import type { EarnConditions } from './earn-rule.ts';

/** Conditions of an earn rule as callers write them: lists may be one value, and are named in singular or plural. */

const word = wordUpTo(200, 'A word of a condition').min(1, 'A condition names something.');
const channel = z.enum(CHANNELS, { error: `Channels are ${CHANNELS.join(', ')}.` });
const weekday = z
  .int({ error: 'Days of the week are 1 (Monday) to 7.' })
  .min(1, 'Days of the week are 1 (Monday) to 7.')
  .max(7, 'Days of the week are 1 (Monday) to 7.');
const hour = z.int({ error: 'Hours are 0 to 24.' }).min(0, 'Hours are 0 to 24.').max(24, 'Hours are 0 to 24.');
const minor = z.coerce
  .bigint<bigint | string | number>({ error: 'An amount is a whole number of minor units.' })
  .min(0n, 'An amount is not negative.')
  .max(10n ** 15n, 'An amount is at most 10^15 minor units.');

function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z.union([item.transform((one) => [one]), z.array(item).min(1, 'At least one is named.')], {
    error: 'One value or a list of values is needed.',
  });
}

function amountIn(settlementCurrency: string) {
  return z
    .object({ minor, currency: z.literal(settlementCurrency, `Money is in the settlement currency, ${settlementCurrency}.`) })
    .transform((amount) => amount.minor);
}

const PLURALS = {
  category: 'categories',
  sku: 'skus',
  channel: 'channels',
  location: 'locations',
  tier: 'tiers',
  weekday: 'weekdays',
} as const;

function shape(settlementCurrency: string) {
  const words = oneOrMore(word).optional();
  const channels = oneOrMore(channel).optional();
  const weekdays = oneOrMore(weekday).optional();
  return {
    category: words,
    categories: words,
    sku: words,
    skus: words,
    channel: channels,
    channels,
    location: words,
    locations: words,
    tier: words,
    tiers: words,
    minAmountMinor: minor.optional(),
    minAmount: amountIn(settlementCurrency).optional(),
    maxAmountMinor: minor.optional(),
    maxAmount: amountIn(settlementCurrency).optional(),
    fromHour: hour.optional(),
    untilHour: hour.optional(),
    weekday: weekdays,
    weekdays,
  };
}

/** The names that conditions may have. */
export const CONDITION_NAMES = Object.keys(shape(''));

/** Reads conditions; unknown names are refused rather than ignored, since a condition that is ignored gives points away. */
export function earnConditions(settlementCurrency: string) {
  return z
    .strictObject(shape(settlementCurrency), {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `There is no condition ${issue.keys.join(', ')}. Conditions are ${CONDITION_NAMES.join(', ')}.`
          : undefined,
    })
    .superRefine((given, context) => {
      for (const [one, many] of [...Object.entries(PLURALS), ['minAmount', 'minAmountMinor'], ['maxAmount', 'maxAmountMinor']] as const) {
        const names = new Map(Object.entries(given));
        if (names.get(one) !== undefined && names.get(many) !== undefined)
          context.addIssue({ code: 'custom', path: [one], message: `Give ${one} or ${many}, not both.` });
      }
      if (given.fromHour !== undefined && given.untilHour !== undefined && given.untilHour <= given.fromHour) {
        context.addIssue({
          code: 'custom',
          path: ['untilHour'],
          message: 'A time of day ends after it begins, before midnight; write two rules for one across it.',
        });
      }
    })
    .transform(
      (given): EarnConditions => ({
        categories: given.categories ?? given.category,
        skus: given.skus ?? given.sku,
        channels: given.channels ?? given.channel,
        locations: given.locations ?? given.location,
        tiers: given.tiers ?? given.tier,
        minAmountMinor: given.minAmountMinor ?? given.minAmount,
        maxAmountMinor: given.maxAmountMinor ?? given.maxAmount,
        fromHour: given.fromHour,
        untilHour: given.untilHour,
        weekdays: given.weekdays ?? given.weekday,
      }),
    );
}
