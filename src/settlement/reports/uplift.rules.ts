import type { Amount } from '../../kernel/money.ts';
import { bpsOf } from '../../kernel/ratio.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Partner } from '../../partners/partner.ts';

/** Revenue that the programme brought a partner: an amount, or a part of the net sales that it reported. */
export interface GivenUplift {
  readonly partner: string;
  readonly uplift?: Amount | null;
  readonly salesUpliftBps?: number | null;
}

/** The same, checked; an amount is in minor units. */
export interface Uplift {
  readonly partner: Partner;
  readonly by: { readonly minor: bigint } | { readonly salesBps: number };
}

const LARGEST_MINOR = 1_000_000_000_000_000n;

/** The uplifts that are given, or the first thing wrong with them. */
export function readUplifts({ program, partnerOf }: Coalition, given: readonly GivenUplift[]): Outcome<Uplift[]> {
  const uplifts: Uplift[] = [];
  if (given.length === 0) return invalid('uplifts', 'At least one partner is named with its uplift.');
  for (const [at, { partner: code, uplift, salesUpliftBps }] of given.entries()) {
    const place = `uplifts.${at}`;
    const partner = partnerOf(code);
    if (partner === undefined) return invalid(`${place}.partner`, `There is no partner ${code}.`);
    if (uplifts.some((one) => one.partner.id === partner.id)) return invalid(`${place}.partner`, `${code} is named twice.`);
    const amount = uplift ?? undefined;
    const bps = salesUpliftBps ?? undefined;
    if ((amount === undefined) === (bps === undefined)) return invalid(place, 'Either uplift or salesUpliftBps is given.');
    if (amount !== undefined && amount.currency !== program.settlementCurrency)
      return invalid(`${place}.uplift.currency`, `Money is in ${program.settlementCurrency}.`);
    if (amount !== undefined && (amount.minor > LARGEST_MINOR || amount.minor < -LARGEST_MINOR))
      return invalid(`${place}.uplift.minor`, `An uplift is at most ${LARGEST_MINOR}.`);
    if (bps !== undefined && (bps < 0 || bps > 10_000)) return invalid(`${place}.salesUpliftBps`, 'A part of sales is 0 to 10000 bps.');
    uplifts.push({ partner, by: amount === undefined ? { salesBps: bps ?? 0 } : { minor: amount.minor } });
  }
  return done(uplifts);
}

/** An uplift in minor units, of a partner that reported so much of net sales. */
export function upliftMinor({ by }: Uplift, netSalesMinor: bigint): bigint {
  return 'minor' in by ? by.minor : bpsOf(netSalesMinor, by.salesBps);
}
