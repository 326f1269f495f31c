/** What a member's points of one currency do by the rules of domain.md, one request after the other, without a database. */

/** Points of one lot; lots are told apart by their expiry. */
interface Part {
  readonly expiresAt: string;
  readonly points: number;
}

export interface Burn {
  readonly partner: string;
  readonly status: string;
  readonly held: number;
  readonly captured: number;
  readonly released: number;
  readonly refunded: number;
  readonly parts: readonly Part[];
}

/** A member between two requests; never changed. */
export interface Purse {
  /** In the order of consumption. */
  readonly lots: readonly Part[];
  readonly burns: ReadonlyMap<string, Burn>;
}

export type Wish =
  | { readonly kind: 'hold' | 'reward'; readonly points: number }
  | { readonly kind: 'capture' | 'refund'; readonly id: string; readonly points: number | undefined }
  | { readonly kind: 'void'; readonly id: string };

/** A request of a partner; `newId` names what it begins. */
export type Step = Wish & { readonly partner: string; readonly newId?: string | undefined };

export type Judged = { readonly refused: string } | { readonly purse: Purse; readonly burn: Burn };

/** What a member may redeem a day at a partner. */
export type Limits = Readonly<Record<string, number>>;

const sumOf = (parts: readonly Part[]): number => parts.reduce((sum, { points }) => sum + points, 0);

export const availableOf = ({ lots }: Purse): number => sumOf(lots);
export const heldOf = ({ burns }: Purse): number =>
  [...burns.values()].reduce((sum, { status, held }) => sum + (status === 'HELD' ? held : 0), 0);
export const burnedAt = ({ burns }: Purse, partner: string): number =>
  [...burns.values()].reduce((sum, burn) => sum + (burn.partner === partner ? burn.captured - burn.refunded : 0), 0);

/** Cuts the first `points` off. */
function cut(parts: readonly Part[], points: number): { taken: Part[]; rest: Part[] } {
  let missing = points;
  const [taken, rest]: [Part[], Part[]] = [[], []];
  for (const part of parts) {
    const now = Math.min(part.points, missing);
    missing -= now;
    if (now > 0) taken.push({ ...part, points: now });
    if (part.points > now) rest.push({ ...part, points: part.points - now });
  }
  return { taken, rest };
}

function putBack(lots: readonly Part[], parts: readonly Part[]): Part[] {
  const points = new Map<string, number>();
  for (const part of [...lots, ...parts]) points.set(part.expiresAt, (points.get(part.expiresAt) ?? 0) + part.points);
  return [...points].map(([expiresAt, sum]) => ({ expiresAt, points: sum })).sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1));
}

function begin(purse: Purse, step: Exclude<Step, { readonly id: string }>, limit = Number.POSITIVE_INFINITY): Judged {
  const { kind, partner, points, newId = '' } = step;
  const today = [...purse.burns.values()].filter((burn) => burn.partner === partner);
  const used = today.reduce((sum, { status, held, captured, refunded }) => sum + (status === 'HELD' ? held : captured - refunded), 0);
  if (points > limit - used) return { refused: 'REDEMPTION_LIMIT' };
  if (points > availableOf(purse)) return { refused: 'INSUFFICIENT_POINTS' };
  const { taken: parts, rest: lots } = cut(purse.lots, points);
  const [status, captured] = kind === 'hold' ? ['HELD', 0] : ['CAPTURED', points];
  const burn: Burn = { partner, status, held: points, captured, released: 0, refunded: 0, parts };
  return { burn, purse: { lots, burns: new Map([...purse.burns, [newId, burn]]) } };
}

/** What becomes of a request. */
export function judge(purse: Purse, step: Step, limits: Limits): Judged {
  if (!('id' in step)) return begin(purse, step, limits[step.partner]);
  const burn = purse.burns.get(step.id);
  if (burn === undefined || burn.partner !== step.partner) return { refused: 'FORBIDDEN' };
  const change = (back: readonly Part[], what: Partial<Burn>): Judged => {
    const after = { ...burn, ...what };
    return { burn: after, purse: { lots: putBack(purse.lots, back), burns: new Map([...purse.burns, [step.id, after]]) } };
  };
  if (step.kind === 'refund') {
    const left = burn.captured - burn.refunded;
    const points = step.points ?? left;
    if (burn.status === 'HELD') return { refused: 'VALIDATION' };
    if (left === 0 || points > left) return { refused: 'REVERSAL_EXCEEDS_ORIGINAL' };
    const status = points === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    return change(cut(cut(burn.parts, burn.refunded).rest, points).taken, { status, refunded: burn.refunded + points });
  }
  if (step.kind === 'void') {
    if (burn.status !== 'HELD') return { refused: 'HOLD_RESOLVED' };
    return change(burn.parts, { status: 'VOIDED', released: burn.held });
  }
  const points = step.points ?? burn.held;
  if (points > burn.held) return { refused: 'VALIDATION' };
  if (burn.status !== 'HELD') return { refused: 'HOLD_RESOLVED' };
  const { taken: parts, rest } = cut(burn.parts, points);
  return change(rest, { status: 'CAPTURED', captured: points, released: burn.held - points, parts });
}
