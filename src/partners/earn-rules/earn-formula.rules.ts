import { z } from 'zod';
import type { LadderBand } from './earn-rule.ts';

/** What an earn rule makes of a purchase, as the API says it. */

const MAX_MILLI_POINTS = 1_000_000_000;
const MAX_MULTIPLIER_BPS = 1_000_000;
const MAX_DAYS = 3_650;

const milliPoints = z
  .int()
  .min(0, 'Points per unit are not negative.')
  .max(MAX_MILLI_POINTS, `Thousandths of points per unit are at most ${MAX_MILLI_POINTS}.`);
const positive = z.bigint().min(1n, 'This is at least 1.');

const band = z.object({
  uptoInclusive: z.boolean().default(true),
  uptoMinor: positive.max(10n ** 15n, 'A band ends at 10^15 minor units at most.').optional(),
  milliPointsPerUnit: milliPoints,
});

const ladder = z.object({
  mode: z.enum(['WHOLE_AMOUNT', 'MARGINAL']).default('WHOLE_AMOUNT'),
  bands: z
    .array(band)
    .min(1, 'A ladder has a band.')
    .max(100, 'A ladder has at most 100 bands.')
    .refine(isAscending, 'Each band ends above the one before it, and only the last has no end.')
    .transform((bands): LadderBand[] => bands.map((one) => ({ ...one, uptoMinor: one.uptoMinor }))),
});

function isAscending(bands: readonly { uptoMinor?: bigint | undefined }[]): boolean {
  return bands.every(({ uptoMinor }, at) => {
    const next = bands[at + 1];
    if (next === undefined) return uptoMinor === undefined;
    return uptoMinor !== undefined && (next.uptoMinor === undefined || uptoMinor < next.uptoMinor);
  });
}

export const earnFormula = {
  flatMilliPointsPerUnit: milliPoints.optional(),
  ladder: ladder.optional(),
  multiplierBps: z
    .int()
    .min(0, 'A multiplier is not negative.')
    .max(MAX_MULTIPLIER_BPS, `A multiplier is at most ${MAX_MULTIPLIER_BPS} bps.`)
    .optional(),
  bonusPoints: z.bigint().min(0n, 'A bonus is not negative.').optional(),
  frequencyCapPerDay: z.int().min(1, 'A cap on frequency is at least 1 a day.').optional(),
  pendingDays: z.int().min(0, `Days are 0 to ${MAX_DAYS}.`).max(MAX_DAYS, `Days are 0 to ${MAX_DAYS}.`).optional(),
};
