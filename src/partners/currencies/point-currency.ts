/** When points of a currency end. */
export type ExpiryPolicy =
  | { readonly kind: 'NEVER' }
  | { readonly kind: 'ROLLING'; readonly months: number }
  | { readonly kind: 'CALENDAR'; readonly month: number; readonly day: number; readonly yearsAfterEarning: number }
  | { readonly kind: 'SLIDING'; readonly months: number };

/** A unit of points. `no` is its number in the ledger. */
export interface PointCurrency {
  readonly id: string;
  readonly no: number;
  readonly code: string;
  readonly name: string;
  readonly issuerId: string | undefined;
  readonly expiry: ExpiryPolicy;
}
