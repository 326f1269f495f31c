import { z } from 'zod';
import { CHANNELS } from '../channel.ts';

/** What an earn rule says, as storage has it. Whole numbers that may be large are decimal strings there. */

const whole = z.coerce.bigint<bigint | string | number>();

const conditions = z.object({
  categories: z.array(z.string()).optional(),
  skus: z.array(z.string()).optional(),
  channels: z.array(z.enum(CHANNELS)).optional(),
  locations: z.array(z.string()).optional(),
  tiers: z.array(z.string()).optional(),
  minAmountMinor: whole.optional(),
  maxAmountMinor: whole.optional(),
  fromHour: z.int().optional(),
  untilHour: z.int().optional(),
  weekdays: z.array(z.int()).optional(),
});

const ladder = z.object({
  mode: z.enum(['WHOLE_AMOUNT', 'MARGINAL']),
  bands: z.array(z.object({ uptoMinor: whole.optional(), uptoInclusive: z.boolean(), milliPointsPerUnit: z.int() })),
});

export const earnDefinition = z.object({
  flatMilliPointsPerUnit: z.int().optional(),
  ladder: ladder.optional(),
  multiplierBps: z.int().optional(),
  bonusPoints: whole.optional(),
  conditions: conditions.default({}),
  dailySpendCapMinor: whole.optional(),
  frequencyCapPerDay: z.int().optional(),
  pendingDays: z.int().optional(),
});
