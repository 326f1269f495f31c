import { divideHalfAwayFromZero } from './ratio.ts';

/** Micros in one unit of the settlement currency. The ledger keeps money in micros, exactly. */
export const MICROS_PER_UNIT = 1_000_000n;

/** An amount in minor units (fen, cents) of a currency. */
export interface Amount {
  readonly minor: bigint;
  readonly currency: string;
}

const digitsOf = new Map<string, number>();

/** Decimal places of an ISO 4217 currency: 2 for CNY, 0 for JPY, 3 for KWD. */
export function currencyDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digitsOf.set(currency, digits);
  }
  return digits;
}

/** Minor units in one unit: 100 for CNY. */
export function minorPerUnit(currency: string): bigint {
  return 10n ** BigInt(currencyDigits(currency));
}

/** Micros in one minor unit: 10,000 for CNY. */
export function microsPerMinor(currency: string): bigint {
  return MICROS_PER_UNIT / minorPerUnit(currency);
}

/** Exact: minor units as micros. */
export function microsOfMinor(minor: bigint, currency: string): bigint {
  return minor * microsPerMinor(currency);
}

/** Micros as minor units, halves away from zero: domain 3.2, rule 3. */
export function minorOfMicros(micros: bigint, currency: string): bigint {
  return divideHalfAwayFromZero(micros, microsPerMinor(currency));
}

const codes = new Set(Intl.supportedValuesOf('currency'));

/** A currency code that ISO 4217 knows, written in capitals. */
export function isCurrencyCode(value: string): boolean {
  return codes.has(value);
}
