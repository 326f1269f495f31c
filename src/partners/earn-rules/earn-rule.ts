import type { Channel } from '../channel.ts';

export interface LadderBand {
  /** Upper end of the band in minor units; undefined for the last band. */
  readonly uptoMinor: bigint | undefined;
  readonly uptoInclusive: boolean;
  readonly milliPointsPerUnit: number;
}

export interface Ladder {
  readonly mode: 'WHOLE_AMOUNT' | 'MARGINAL';
  readonly bands: readonly LadderBand[];
}

/** All that are given must hold. Item conditions (category, sku) choose the items that count. */
export interface EarnConditions {
  readonly categories?: readonly string[];
  readonly skus?: readonly string[];
  readonly channels?: readonly Channel[];
  readonly locations?: readonly string[];
  readonly tiers?: readonly string[];
  readonly minAmountMinor?: bigint;
  readonly maxAmountMinor?: bigint;
  /** Hours of the day in program time, half-open: from 18 until 22. */
  readonly fromHour?: number;
  readonly untilHour?: number;
  /** Days of the week in program time, 1 = Monday. */
  readonly weekdays?: readonly number[];
}

/** One version of an earn rule. The version in force at `occurredAt` applies. */
export interface EarnRule {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  /** The partner whose purchases it is about; undefined for every partner of the program. */
  readonly partnerId: string | undefined;
  readonly currencyNo: number;
  readonly effectiveFrom: Date;
  readonly effectiveUntil: Date | undefined;
  readonly flatMilliPointsPerUnit: number | undefined;
  readonly ladder: Ladder | undefined;
  readonly multiplierBps: number | undefined;
  readonly bonusPoints: bigint | undefined;
  readonly conditions: EarnConditions;
  readonly dailySpendCapMinor: bigint | undefined;
  readonly frequencyCapPerDay: number | undefined;
  /** Days that points stay pending before they are confirmed. */
  readonly pendingDays: number | undefined;
}
