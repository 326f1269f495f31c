import { DateTime } from 'luxon';
import { BPS } from '../../kernel/ratio.ts';
import type { Channel } from '../../partners/channel.ts';
import type { EarnRule, Ladder } from '../../partners/earn-rules/earn-rule.ts';

/** What was bought, as earn rules see it. Amounts are minor units of the settlement currency. */
export interface Purchase {
  readonly partnerId: string | undefined;
  readonly currencyNo: number;
  readonly occurredAt: Date;
  readonly amountMinor: bigint;
  readonly items: readonly { readonly sku: string; readonly category: string | undefined; readonly amountMinor: bigint }[];
  readonly channel: Channel | undefined;
  readonly locationId: string | undefined;
  readonly tier: string | undefined;
}

/** What a member has already used of a rule's caps on the day. */
export interface RuleUsage {
  readonly spendMinor: bigint;
  readonly times: number;
}

/** What one rule gave. `cappedMinor` is the part of the amount that earned nothing because of a cap. */
export interface Contribution {
  readonly rule: string;
  readonly ruleVersion: number;
  readonly points: bigint;
  readonly reason: 'DAILY_SPEND_CAP' | 'FREQUENCY_CAP' | undefined;
  readonly cappedMinor: bigint | undefined;
  /** What counts against the caps of the rule, and under which key; undefined for a rule without caps. */
  readonly counted: { readonly usageKey: string; readonly minor: bigint } | undefined;
}

export interface Earned {
  readonly points: bigint;
  readonly contributions: readonly Contribution[];
  /** What this purchase uses of the caps of rules that have caps, by rule key. */
  readonly usage: ReadonlyMap<string, RuleUsage>;
  /** The longest pending period among the rules that gave points. */
  readonly pendingDays: number;
}

/** A part of the purchase: an item, or what no item accounts for. Its weight is its share of the amount. */
interface Part {
  readonly weight: bigint;
  readonly sku: string | undefined;
  readonly category: string | undefined;
}

/** A fraction of points; only the sum over all rules is ever rounded. */
interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

const add = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const floor = (a: Fraction): bigint => a.n / a.d;

const MILLI = 1000n;
const UNUSED: RuleUsage = { spendMinor: 0n, times: 0 };

/** Under which a rule's caps are counted: all versions of one rule share them. */
export const usageKey = (rule: EarnRule): string => `${rule.partnerId ?? ''}/${rule.code}`;

export const isCapped = (rule: EarnRule): boolean => rule.dailySpendCapMinor !== undefined || rule.frequencyCapPerDay !== undefined;

const isBase = (rule: EarnRule): boolean => rule.flatMilliPointsPerUnit !== undefined || rule.ladder !== undefined;

function inForce(rule: EarnRule, purchase: Purchase): boolean {
  return (
    rule.currencyNo === purchase.currencyNo &&
    (rule.partnerId === undefined || rule.partnerId === purchase.partnerId) &&
    rule.effectiveFrom <= purchase.occurredAt &&
    (rule.effectiveUntil === undefined || purchase.occurredAt < rule.effectiveUntil)
  );
}

function holds(rule: EarnRule, purchase: Purchase, timeZone: string): boolean {
  const c = rule.conditions;
  const includes = <T>(list: readonly T[] | undefined, value: T | undefined) =>
    list === undefined || (value !== undefined && list.includes(value));
  if (!includes(c.channels, purchase.channel) || !includes(c.locations, purchase.locationId) || !includes(c.tiers, purchase.tier))
    return false;
  if (c.minAmountMinor !== undefined && purchase.amountMinor < c.minAmountMinor) return false;
  if (c.maxAmountMinor !== undefined && purchase.amountMinor > c.maxAmountMinor) return false;
  if (c.fromHour === undefined && c.untilHour === undefined && c.weekdays === undefined) return true;
  const local = DateTime.fromJSDate(purchase.occurredAt, { zone: timeZone });
  return local.hour >= (c.fromHour ?? 0) && local.hour < (c.untilHour ?? 24) && includes(c.weekdays, local.weekday as number);
}

function matches(rule: EarnRule, part: Part): boolean {
  const { categories, skus } = rule.conditions;
  return (
    (categories === undefined || (part.category !== undefined && categories.includes(part.category))) &&
    (skus === undefined || (part.sku !== undefined && skus.includes(part.sku)))
  );
}

/** Items as parts; when they add up to less than the amount, the rest is a part of its own. */
function partsOf(purchase: Purchase): Part[] {
  const parts: Part[] = purchase.items.map((item) => ({ weight: item.amountMinor, sku: item.sku, category: item.category }));
  const rest = purchase.amountMinor - parts.reduce((sum, part) => sum + part.weight, 0n);
  return rest > 0n || parts.length === 0 ? [...parts, { weight: rest > 0n ? rest : 1n, sku: undefined, category: undefined }] : parts;
}

const weightOf = (parts: readonly Part[]): bigint => parts.reduce((sum, part) => sum + part.weight, 0n);

/** Milli-points times minor units that a ladder gives for an amount: the band of the whole amount, or each band its slice. */
function ladderMilli(ladder: Ladder, amountMinor: bigint): bigint {
  let total = 0n;
  let below = 0n;
  for (const band of ladder.bands) {
    const upto = band.uptoMinor;
    const inside = upto === undefined || amountMinor < upto || (band.uptoInclusive && amountMinor === upto);
    if (ladder.mode === 'WHOLE_AMOUNT') {
      if (inside) return amountMinor * BigInt(band.milliPointsPerUnit);
    } else {
      const top = inside || upto === undefined ? amountMinor : upto;
      total += (top - below) * BigInt(band.milliPointsPerUnit);
      if (inside) return total;
      below = upto;
    }
  }
  return total;
}

function baseMilli(rule: EarnRule, amountMinor: bigint): bigint {
  const flat = rule.flatMilliPointsPerUnit === undefined ? 0n : amountMinor * BigInt(rule.flatMilliPointsPerUnit);
  return flat + (rule.ladder === undefined ? 0n : ladderMilli(rule.ladder, amountMinor));
}

interface Base {
  readonly rule: EarnRule;
  readonly parts: readonly Part[];
  readonly countedMinor: bigint;
  readonly cappedMinor: bigint;
}

/** Points of a base under multipliers: each part is multiplied by those that match it. */
function pointsOf(base: Base, multipliers: readonly EarnRule[], minorPerUnit: bigint): Fraction {
  const weight = weightOf(base.parts);
  if (weight === 0n) return { n: 0n, d: 1n };
  const own = BigInt(base.rule.multiplierBps ?? Number(BPS));
  const factors = base.parts.map((part) =>
    multipliers.reduce((product, rule) => product * (matches(rule, part) ? BigInt(rule.multiplierBps ?? 0) : BPS), part.weight),
  );
  const weighted = factors.reduce((sum, factor) => sum + factor, 0n);
  return {
    n: baseMilli(base.rule, base.countedMinor) * own * weighted,
    d: MILLI * minorPerUnit * BPS * weight * BPS ** BigInt(multipliers.length),
  };
}

/**
 * What a purchase earns: domain 3.2 and the earn rows of the feature list.
 * A partner's own base rules stand in the place of the program's; multipliers multiply one another; bonuses are added unmultiplied;
 * the sum is floored once. A ladder is read at the amount that is left after the cap.
 */
export function earn(
  rules: readonly EarnRule[],
  purchase: Purchase,
  usedToday: (key: string) => RuleUsage,
  program: { readonly timeZone: string; readonly minorPerUnit: bigint },
): Earned {
  const applicable = rules.filter((rule) => inForce(rule, purchase) && holds(rule, purchase, program.timeZone));
  const ownBase = applicable.some((rule) => isBase(rule) && rule.partnerId !== undefined);
  const candidates = applicable.filter((rule) => !isBase(rule) || !ownBase || rule.partnerId !== undefined);
  const parts = partsOf(purchase);
  const whole = weightOf(parts);

  const contributions: Contribution[] = [];
  const usage = new Map<string, RuleUsage>();
  const bases: Base[] = [];
  const multipliers: EarnRule[] = [];
  const bonuses: EarnRule[] = [];
  let pendingDays = 0;

  for (const rule of candidates) {
    const matched = parts.filter((part) => matches(rule, part));
    if (matched.length === 0) continue;
    const used = isCapped(rule) ? usedToday(usageKey(rule)) : UNUSED;
    if (rule.frequencyCapPerDay !== undefined && used.times >= rule.frequencyCapPerDay) {
      contributions.push({
        rule: rule.code,
        ruleVersion: rule.version,
        points: 0n,
        reason: 'FREQUENCY_CAP',
        cappedMinor: undefined,
        counted: undefined,
      });
      continue;
    }
    const matchedMinor = whole === 0n ? 0n : (purchase.amountMinor * weightOf(matched)) / whole;
    const left = rule.dailySpendCapMinor === undefined ? matchedMinor : rule.dailySpendCapMinor - used.spendMinor;
    const countedMinor = left < 0n ? 0n : left < matchedMinor ? left : matchedMinor;
    if (isBase(rule)) bases.push({ rule, parts: matched, countedMinor, cappedMinor: matchedMinor - countedMinor });
    else if (rule.multiplierBps !== undefined) multipliers.push(rule);
    if (rule.bonusPoints !== undefined) bonuses.push(rule);
    if (isCapped(rule)) usage.set(usageKey(rule), { spendMinor: countedMinor, times: 1 });
    pendingDays = Math.max(pendingDays, rule.pendingDays ?? 0);
  }

  // Each step's points are what it adds to the floor of the sum so far: the lines add up to the whole.
  let sum: Fraction = { n: 0n, d: 1n };
  const step = (rule: EarnRule, next: Fraction, capped: bigint) => {
    const used = usage.get(usageKey(rule));
    contributions.push({
      rule: rule.code,
      ruleVersion: rule.version,
      points: floor(next) - floor(sum),
      reason: capped > 0n ? 'DAILY_SPEND_CAP' : undefined,
      cappedMinor: capped > 0n ? capped : undefined,
      counted: used && { usageKey: usageKey(rule), minor: used.spendMinor },
    });
    sum = next;
  };
  for (const base of bases) step(base.rule, add(sum, pointsOf(base, [], program.minorPerUnit)), base.cappedMinor);
  multipliers.forEach((rule, at) => {
    const upTo = multipliers.slice(0, at + 1);
    step(
      rule,
      bases.reduce<Fraction>((total, base) => add(total, pointsOf(base, upTo, program.minorPerUnit)), { n: 0n, d: 1n }),
      0n,
    );
  });
  for (const rule of bonuses) step(rule, add(sum, { n: rule.bonusPoints ?? 0n, d: 1n }), 0n);

  return { points: floor(sum), contributions, usage, pendingDays };
}
