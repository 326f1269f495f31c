import { currencyDigits } from '../../kernel/money.ts';

const MICRO_DIGITS = 6;

/** A whole number of parts as a decimal, exactly: 1152000 hundredths are 11520.00. */
function decimal(amount: bigint, digits: number): string {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount];
  const text = String(size).padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Minor units in units of their currency: -1152000 fen are -11520.00. */
export const decimalOfMinor = (minor: bigint, currency: string): string => decimal(minor, currencyDigits(currency));

/** Micros in units of the currency, with all six decimals. */
export const decimalOfMicros = (micros: bigint): string => decimal(micros, MICRO_DIGITS);

/** A decimal with its thousands apart, for people. */
export function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}
