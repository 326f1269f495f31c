/**
 * What statements must say, from a list of what happened: written for tests alone, with nothing of the product. Prices are those of the
 * fixture (R and S in micros a point); the depot pays a fee of 300 bps and 150 bps of net sales to the member's home partner; 1,000.00 are
 * shared by transactions; exchanges of AERO's points leave a spread of which the operator has 60, both brands 20 per cent.
 */

export type Brand = 'AERO' | 'BOOKS' | 'CAFE';
export const CURRENCY = { AERO: 'APT', BOOKS: 'BPT', CAFE: 'CPT' } as const;
const R: Readonly<Record<string, bigint>> = { APT: 10_000n, BPT: 5_000n, CPT: 20_000n };
const S: Readonly<Record<string, bigint>> = { APT: 2_000n, BPT: 1_000n, CPT: 3_500n };
const FEN = 10_000n;
const BUDGET = 100_000n;

export type Happening =
  | { readonly kind: 'earned' | 'returned'; readonly partner: Brand; readonly points: bigint }
  | { readonly kind: 'burned' | 'refunded'; readonly partner: string; readonly currency: string; readonly points: bigint }
  | { readonly kind: 'exchanged'; readonly debited: bigint; readonly credited: bigint }
  | { readonly kind: 'sold'; readonly home: Brand | null; readonly net: bigint };

/** What happened, when, and while which cycle was open. */
export type Event = Happening & { readonly at: number; readonly recordedIn: number };

/** The cycle that an event counts in: the one in which it was recorded, or the first after it that ends later than it occurred. */
export function cycleOf(event: Event, cutoffs: readonly number[]): number {
  for (let no = event.recordedIn; no < cutoffs.length; no += 1) if (event.at < (cutoffs[no] ?? 0)) return no;
  return cutoffs.length;
}

const rounded = (micros: bigint): bigint => (micros < 0n ? -((-micros + FEN / 2n) / FEN) : (micros + FEN / 2n) / FEN);
const bps = (amount: bigint, by: bigint): bigint => (amount < 0n ? -((-amount * by + 5_000n) / 10_000n) : (amount * by + 5_000n) / 10_000n);

/** Whole amounts in proportion, what is left going to the largest remainders, ties to the earlier. */
function shared(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map(() => 0n);
  const [sign, magnitude] = amount < 0n ? [-1n, -amount] : [1n, amount];
  const parts = weights.map((weight) => (magnitude * weight) / total);
  const order = weights
    .map((weight, at) => ({ at, rest: (magnitude * weight) % total }))
    .sort((a, b) => (b.rest === a.rest ? a.at - b.at : b.rest > a.rest ? 1 : -1));
  let left = magnitude - parts.reduce((sum, part) => sum + part, 0n);
  for (const { at } of order) {
    if (left === 0n) break;
    parts[at] = (parts[at] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts.map((part) => sign * part);
}

export const PARTIES = ['AERO', 'BOOKS', 'CAFE', 'DEPOT'] as const;

/** The lines of each partner in fen, as `TYPE amount`, in the order of a statement. */
export function expectedLines(events: readonly Event[]): Record<string, string[]> {
  const lines: Record<string, string[]> = { AERO: [], BOOKS: [], CAFE: [], DEPOT: [] };
  const add = (partner: string, type: string, minor: bigint, micros = minor) => {
    if (minor !== 0n || micros !== 0n) lines[partner]?.push(`${type} ${minor}`);
  };
  const sum = (kind: Event['kind'], of: (event: never) => bigint) =>
    events.filter((event) => event.kind === kind).reduce((total, event) => total + of(event as never), 0n);
  for (const brand of Object.keys(CURRENCY) as Brand[]) {
    const points = (kind: 'earned' | 'returned') =>
      sum(kind, (event: { partner: string; points: bigint }) => (event.partner === brand ? event.points : 0n));
    const currency = CURRENCY[brand];
    const micros = -(points('earned') - points('returned')) * ((R[currency] ?? 0n) + (S[currency] ?? 0n));
    add(brand, 'FUNDING', rounded(micros), micros);
  }
  for (const partner of PARTIES) {
    const value = (event: { partner: string; currency: string; points: bigint }) =>
      event.partner === partner ? event.points * (R[event.currency] ?? 0n) : 0n;
    const micros = sum('burned', value) - sum('refunded', value);
    add(partner, 'REIMBURSEMENT', rounded(micros), micros);
    if (partner === 'DEPOT') add(partner, 'HANDLING_FEE', -bps(rounded(micros), 300n), -bps(rounded(micros) * FEN, 300n));
  }
  const spread = sum('exchanged', ({ debited, credited }: { debited: bigint; credited: bigint }) => debited * 10_000n - credited * 5_000n);
  const [aero = 0n, books = 0n] = shared(rounded(spread), [2_000n, 2_000n, 6_000n]);
  const parts = (weight: bigint) => (spread * weight) / 10_000n;
  add('AERO', 'EXCHANGE_SPREAD', aero, parts(2_000n));
  add('BOOKS', 'EXCHANGE_SPREAD', books, parts(2_000n));
  const homes: (Brand | null)[] = ['AERO', 'BOOKS', 'CAFE'];
  for (const home of homes) {
    const net = sum('sold', (event: { home: Brand | null; net: bigint }) => (event.home === home ? event.net : 0n));
    add(home ?? '', 'REVENUE_SHARE', bps(net, 150n), net);
    add('DEPOT', 'REVENUE_SHARE', -bps(net, 150n), net);
  }
  const counted = (partner: string) =>
    BigInt(
      events.filter(
        (event) =>
          (event.kind === 'earned' && event.partner === partner) ||
          (event.kind === 'burned' && event.partner === partner) ||
          (event.kind === 'sold' && partner === 'DEPOT'),
      ).length,
    );
  const weights = PARTIES.map(counted);
  // A budget is spent all the same: without any transaction it is shared equally.
  const spent = weights.some((weight) => weight > 0n) ? weights : weights.map(() => 1n);
  for (const [at, cost] of shared(-BUDGET, spent).entries()) add(PARTIES[at] ?? '', 'COST_ALLOCATION', cost);
  return lines;
}
