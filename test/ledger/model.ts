/** The ledger as a child would keep it: a few maps, no database, and none of the ledger's own code. */

export interface Balance {
  available: bigint;
  held: bigint;
  pending: bigint;
  version: bigint;
}

interface ModelLot {
  readonly id: string;
  readonly member: string;
  readonly unit: number;
  readonly issuer: string;
  readonly earnedAt: number;
  readonly expiresAt: number;
  readonly initial: bigint;
  available: bigint;
  held: bigint;
  readonly redemption: bigint;
  readonly funded: bigint;
}

interface Part {
  readonly lot: ModelLot;
  readonly points: bigint;
}

/** The id that a currency number has in these tests. */
export const currencyId = (no: number): string => `00000000-0000-0000-0000-${no.toString().padStart(12, '0')}`;

export interface ModelAccrual {
  readonly lotId: string;
  readonly member: string;
  readonly partner: string;
  readonly unit: number;
  readonly points: bigint;
  readonly redemption: bigint;
  readonly service: bigint;
  readonly funded: bigint;
  readonly expiresAt: number;
  /** Who pays in place of the partner, if anybody. */
  readonly payer: { readonly prepaid: true } | { readonly promotion: string } | undefined;
}

export type Answer = 'done' | 'INSUFFICIENT_POINTS' | 'CREDIT_LIMIT' | 'wallet_never_negative' | 'pending_points_never_negative';

const FOREVER = Number.POSITIVE_INFINITY;

type Change = readonly [account: string, bucket: 'available' | 'held' | 'pending', delta: bigint];

const walletOf = (member: string, unit: number) => `WALLET:${member}:${unit}:`;

export class Model {
  readonly balances = new Map<string, Balance>();
  readonly lots = new Map<string, ModelLot>();
  readonly #holds = new Map<string, { member: string; partner: string; unit: number; parts: Part[] }>();
  readonly #captures = new Map<string, { member: string; partner: string; unit: number; parts: Part[]; price: bigint }>();

  balance(account: string): Balance {
    return this.balances.get(account) ?? { available: 0n, held: 0n, pending: 0n, version: 0n };
  }

  #apply(changes: readonly Change[]): void {
    const sums = new Map<string, Balance>();
    for (const [account, bucket, delta] of changes) {
      const sum = sums.get(account) ?? { available: 0n, held: 0n, pending: 0n, version: 0n };
      sum[bucket] += delta;
      sums.set(account, sum);
    }
    for (const [account, sum] of sums) {
      if (sum.available === 0n && sum.held === 0n && sum.pending === 0n) continue;
      const old = this.balance(account);
      this.balances.set(account, {
        available: old.available + sum.available,
        held: old.held + sum.held,
        pending: old.pending + sum.pending,
        version: old.version + 1n,
      });
    }
  }

  #price(a: ModelAccrual, bucket: 'available' | 'pending', points: bigint): Change[] {
    const joint = a.payer !== undefined && 'promotion' in a.payer ? a.payer.promotion : undefined;
    const own = a.payer === undefined ? `PARTNER:${a.partner}:0:` : `PREPAID:${a.partner}:0:${a.unit}`;
    const money = joint === undefined ? own : `JOINT:${joint}:0:${a.unit}`;
    return [
      [walletOf(a.member, a.unit), bucket, points],
      [joint === undefined ? `ISSUANCE:${a.partner}:${a.unit}:` : `JOINT:${joint}:${a.unit}:`, bucket, -points],
      [money, bucket, -points * (a.funded + a.service)],
      [`POOL::0:${a.unit}`, bucket, points * a.funded],
      ['OPERATOR::0:', bucket, points * a.service],
    ];
  }

  /** What there is to spend, earliest expiry first, then earned first, then id. */
  #spendable(member: string, unit: number, now: number, first?: string): ModelLot[] {
    return [...this.lots.values()]
      .filter((lot) => lot.member === member && lot.unit === unit && lot.available > 0n && lot.expiresAt > now)
      .sort(
        (a, b) =>
          Number(b.id === first) - Number(a.id === first) ||
          (a.expiresAt === b.expiresAt ? 0 : a.expiresAt - b.expiresAt) ||
          a.earnedAt - b.earnedAt ||
          (a.id < b.id ? -1 : 1),
      );
  }

  #take(lots: readonly ModelLot[], points: bigint): Part[] | undefined {
    if (lots.reduce((sum, lot) => sum + lot.available, 0n) < points) return undefined;
    const parts: Part[] = [];
    let left = points;
    for (const lot of lots) {
      const some = lot.available < left ? lot.available : left;
      if (some > 0n) parts.push({ lot, points: some });
      left -= some;
    }
    for (const { lot, points: some } of parts) lot.available -= some;
    return parts;
  }

  #open(lot: Omit<ModelLot, 'available' | 'held'>): void {
    this.lots.set(lot.id, { ...lot, available: lot.initial, held: 0n });
  }

  #openEarned(a: ModelAccrual, now: number): void {
    const { lotId: id, member, unit, partner: issuer, points: initial, expiresAt, redemption, funded } = a;
    this.#open({ id, member, unit, issuer, earnedAt: now, expiresAt, initial, redemption, funded });
  }

  /** The partner may owe no more than the limit, promises included. */
  #exceeds(a: ModelAccrual, limit: bigint | undefined): boolean {
    const { available, pending } = this.balance(`PARTNER:${a.partner}:0:`);
    return (
      a.payer === undefined &&
      limit !== undefined &&
      a.points * (a.funded + a.service) - available - pending > limit &&
      a.funded + a.service > 0n
    );
  }

  buy(a: ModelAccrual): Answer {
    const cost = a.points * (a.funded + a.service);
    this.#apply([
      [`PARTNER:${a.partner}:0:`, 'available', -cost],
      [`PREPAID:${a.partner}:0:${a.unit}`, 'available', cost],
    ]);
    return 'done';
  }

  earn(a: ModelAccrual, now: number, limit?: bigint): Answer {
    if (this.#exceeds(a, limit)) return 'CREDIT_LIMIT';
    this.#apply(this.#price(a, 'available', a.points));
    this.#openEarned(a, now);
    return 'done';
  }

  promise(a: ModelAccrual, limit?: bigint): Answer {
    if (this.#exceeds(a, limit)) return 'CREDIT_LIMIT';
    this.#apply(this.#price(a, 'pending', a.points));
    return 'done';
  }

  confirm(a: ModelAccrual, now: number): Answer {
    if (this.balance(walletOf(a.member, a.unit)).pending < a.points) return 'pending_points_never_negative';
    this.#apply([...this.#price(a, 'pending', -a.points), ...this.#price(a, 'available', a.points)]);
    this.#openEarned(a, now);
    return 'done';
  }

  /** Takes back a promise, whole or in part. */
  unpromise(a: ModelAccrual, points: bigint): Answer {
    if (this.balance(walletOf(a.member, a.unit)).pending < points) return 'pending_points_never_negative';
    this.#apply(this.#price(a, 'pending', -points));
    return 'done';
  }

  reverse(a: ModelAccrual, points: bigint, now: number): Answer {
    const parts = this.#take(this.#spendable(a.member, a.unit, now, a.lotId), points);
    if (parts === undefined) return 'INSUFFICIENT_POINTS';
    this.#apply([
      ...this.#price(a, 'available', -points),
      ...parts.flatMap(({ lot, points: some }): Change[] => [
        ...this.#makeUp(a, lot, some),
        [`POOL::0:${a.unit}`, 'available', some * (a.funded - lot.funded)],
      ]),
    ]);
    return 'done';
  }

  hold(id: string, member: string, partner: string, unit: number, points: bigint, now: number): Answer {
    const parts = this.#take(this.#spendable(member, unit, now), points);
    if (parts === undefined) return 'INSUFFICIENT_POINTS';
    for (const { lot, points: some } of parts) lot.held += some;
    this.#apply([
      [walletOf(member, unit), 'available', -points],
      [walletOf(member, unit), 'held', points],
    ]);
    this.#holds.set(id, { member, partner, unit, parts });
    return 'done';
  }

  /** A lot of another purchase is taken back: who pays what the pool did not get for it, or gets what it got too much. */
  #makeUp(a: ModelAccrual, lot: ModelLot, points: bigint): Change[] {
    const missing = a.funded - lot.funded;
    const itsOwn = lot.issuer === a.partner && (a.payer === undefined || 'prepaid' in a.payer);
    if (itsOwn) return [[`PARTNER:${a.partner}:0:`, 'available', -points * missing]];
    if (missing <= 0n) {
      const joint = a.payer !== undefined && 'promotion' in a.payer ? a.payer.promotion : undefined;
      return [[joint === undefined ? `PARTNER:${a.partner}:0:` : `JOINT:${joint}:0:${a.unit}`, 'available', -points * missing]];
    }
    const owed = lot.redemption > lot.funded ? lot.redemption - lot.funded : 0n;
    const paid = missing < owed ? missing : owed;
    return [
      [`PARTNER:${lot.issuer}:0:`, 'available', -points * paid],
      ['OPERATOR::0:', 'available', -points * (missing - paid)],
    ];
  }

  #burn(partner: string, unit: number, parts: readonly Part[], price: bigint, sign: bigint): Change[] {
    const points = sign * parts.reduce((sum, part) => sum + part.points, 0n);
    return [
      [`REDEEMED:${partner}:${unit}:`, 'available', points],
      ...parts.flatMap(({ lot, points: some }): Change[] => [
        [`POOL::0:${unit}`, 'available', -sign * some * lot.redemption],
        [`PARTNER:${partner}:0:`, 'available', sign * some * price],
        ['OPERATOR::0:', 'available', sign * some * (lot.redemption - price)],
      ]),
    ];
  }

  /** What issuers had not paid of points that are burned, as a change of its own. */
  #topUp(unit: number, parts: readonly Part[], sign: bigint): void {
    this.#apply(
      parts.flatMap(({ lot, points: some }): Change[] => [
        [`PARTNER:${lot.issuer}:0:`, 'available', -sign * some * (lot.redemption - lot.funded)],
        [`POOL::0:${unit}`, 'available', sign * some * (lot.redemption - lot.funded)],
      ]),
    );
  }

  /** Burns the first points of a hold; the rest goes back. */
  capture(id: string, points: bigint, price: bigint): Answer {
    const held = this.#holds.get(id);
    if (held === undefined) throw new Error('no such hold');
    this.#holds.delete(id);
    const burned: Part[] = [];
    let left = points;
    let back = 0n;
    for (const part of held.parts) {
      const some = part.points < left ? part.points : left;
      left -= some;
      part.lot.held -= part.points;
      part.lot.available += part.points - some;
      back += part.points - some;
      if (some > 0n) burned.push({ lot: part.lot, points: some });
    }
    const wallet = walletOf(held.member, held.unit);
    this.#apply([[wallet, 'held', -points - back], [wallet, 'available', back], ...this.#burn(held.partner, held.unit, burned, price, 1n)]);
    this.#topUp(held.unit, burned, 1n);
    this.#captures.set(id, { ...held, parts: burned, price });
    return 'done';
  }

  release(id: string): Answer {
    const held = this.#holds.get(id);
    if (held === undefined) throw new Error('no such hold');
    this.#holds.delete(id);
    const wallet = walletOf(held.member, held.unit);
    for (const { lot, points } of held.parts) {
      lot.held -= points;
      lot.available += points;
    }
    const points = held.parts.reduce((sum, part) => sum + part.points, 0n);
    this.#apply([
      [wallet, 'held', -points],
      [wallet, 'available', points],
    ]);
    return 'done';
  }

  /** Gives a capture back whole; `newLot` names the lot for points whose own lot has expired. */
  refund(id: string, now: number, newLot: (lotId: string) => { id: string; expiresAt: number }): Answer {
    const captured = this.#captures.get(id);
    if (captured === undefined) throw new Error('no such capture');
    this.#captures.delete(id);
    const { member, partner, unit, parts, price } = captured;
    let points = 0n;
    for (const part of parts) {
      points += part.points;
      if (part.lot.expiresAt > now) part.lot.available += part.points;
      else {
        const { issuer, redemption, funded } = part.lot;
        this.#open({ ...newLot(part.lot.id), member, unit, issuer, earnedAt: now, initial: part.points, redemption, funded });
      }
    }
    this.#apply([[walletOf(member, unit), 'available', points], ...this.#burn(partner, unit, parts, price, -1n)]);
    this.#topUp(unit, parts, -1n);
    return 'done';
  }

  transfer(from: string, to: string, unit: number, points: bigint, now: number, newLotId: () => string): Answer {
    const parts = this.#take(this.#spendable(from, unit, now), points);
    if (parts === undefined) return 'INSUFFICIENT_POINTS';
    for (const { lot, points: initial } of parts) this.#open({ ...lot, id: newLotId(), member: to, initial });
    this.#apply([
      [walletOf(from, unit), 'available', -points],
      [walletOf(to, unit), 'available', points],
    ]);
    return 'done';
  }

  exchange(member: string, from: number, points: bigint, credited: ModelAccrual, now: number): Answer {
    const parts = this.#take(this.#spendable(member, from, now), points);
    if (parts === undefined) return 'INSUFFICIENT_POINTS';
    const valueIn = credited.points * credited.redemption;
    const valueOut = parts.reduce((sum, part) => sum + part.points * part.lot.redemption, 0n);
    this.#openEarned(credited, now);
    this.#apply([
      [walletOf(member, from), 'available', -points],
      [`EXCHANGED::${from}:`, 'available', points],
      [walletOf(member, credited.unit), 'available', credited.points],
      [`EXCHANGED::${credited.unit}:`, 'available', -credited.points],
      ...parts.flatMap(({ lot, points: some }): Change[] => [
        [`PARTNER:${lot.issuer}:0:`, 'available', -some * (lot.redemption - lot.funded)],
        [`POOL::0:${from}`, 'available', -some * lot.funded],
      ]),
      [`POOL::0:${credited.unit}`, 'available', valueIn],
      [`SPREAD:${currencyId(credited.unit)}:0:${from}`, 'available', valueOut - valueIn],
    ]);
    return 'done';
  }

  expire(member: string, unit: number, now: number): bigint {
    const due = [...this.lots.values()].filter(
      (lot) => lot.member === member && lot.unit === unit && lot.expiresAt <= now && lot.available > 0n,
    );
    const points = due.reduce((sum, lot) => sum + lot.available, 0n);
    const money = due.reduce((sum, lot) => sum + lot.available * lot.funded, 0n);
    for (const lot of due) lot.available = 0n;
    this.#apply([
      [walletOf(member, unit), 'available', -points],
      [`EXPIRED::${unit}:`, 'available', points],
      [`POOL::0:${unit}`, 'available', -money],
      ['OPERATOR::0:', 'available', money],
    ]);
    return points;
  }

  /** Burning without lots and without asking: what the ledger itself must refuse. */
  overdraws(member: string, unit: number, points: bigint): Answer {
    return this.balance(walletOf(member, unit)).available < points ? 'wallet_never_negative' : 'done';
  }

  holds(): { id: string; points: bigint }[] {
    return [...this.#holds].map(([id, { parts }]) => ({ id, points: parts.reduce((sum, part) => sum + part.points, 0n) }));
  }

  captures(): string[] {
    return [...this.#captures.keys()];
  }

  /** The state as text, to compare with the database's. */
  state(): string[] {
    const accounts = [...this.balances].map(([key, b]) => `${key} ${b.available} ${b.held} ${b.pending} v${b.version}`);
    const lots = [...this.lots.values()].map((l) => `lot ${l.id} ${l.available} ${l.held} of ${l.initial}`);
    return [...accounts, ...lots].sort();
  }

  static readonly forever = FOREVER;
}
