/** What a member's accruals of one currency do by the rules of domain.md, one request after the other, without a database. */

export interface Earned {
  readonly status: string;
  readonly points: number;
  readonly reversed: number;
  /** Minor units of the purchase, and how many of them came back. */
  readonly amount: number;
  readonly returned: number;
}

/** A member between two requests; never changed. */
export interface Purse {
  readonly available: number;
  readonly pending: number;
  readonly accruals: ReadonlyMap<string, Earned>;
}

export type Step =
  | { readonly kind: 'accrue'; readonly points: number; readonly amount: number; readonly isPromised: boolean; readonly newId?: string }
  | { readonly kind: 'hold'; readonly points: number }
  | { readonly kind: 'confirm'; readonly id: string }
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'reverse'; readonly id: string; readonly points?: number | undefined; readonly minor?: number | undefined };

/** Why it is refused, or the member after it, with the accrual that it is about. */
export type Judged = { readonly refused: string } | { readonly purse: Purse; readonly earned?: Earned };

const EXCEEDS: Judged = { refused: 'REVERSAL_EXCEEDS_ORIGINAL' };

/** How many points come back: those named, or in proportion, or all that are left. */
function pointsOf({ points, reversed, amount, returned }: Earned, step: Extract<Step, { kind: 'reverse' }>): number | undefined {
  const left = points - reversed;
  if (step.points !== undefined) return step.points > left ? undefined : step.points;
  if (step.minor === undefined) return left === 0 ? undefined : left;
  if (returned + step.minor > amount) return undefined;
  return returned + step.minor === amount ? left : Math.min(left, Math.floor((points * step.minor) / amount));
}

/** What becomes of a request. */
export function judge(purse: Purse, step: Step): Judged {
  if (step.kind === 'hold')
    return step.points > purse.available
      ? { refused: 'INSUFFICIENT_POINTS' }
      : { purse: { ...purse, available: purse.available - step.points } };
  if (step.kind === 'accrue') {
    const { points, amount, isPromised, newId = '' } = step;
    const earned: Earned = { status: isPromised ? 'PENDING' : 'CONFIRMED', points, reversed: 0, amount, returned: 0 };
    const { available, pending, accruals } = purse;
    const after = isPromised ? { available, pending: pending + points } : { available: available + points, pending };
    return { earned, purse: { ...after, accruals: new Map([...accruals, [newId, earned]]) } };
  }
  const earned = purse.accruals.get(step.id);
  if (earned === undefined) return { refused: 'FORBIDDEN' };
  const { status, points, reversed } = earned;
  const become = (what: Partial<Earned>, available: number, pending: number): Judged => {
    const after = { ...earned, ...what };
    const accruals = new Map([...purse.accruals, [step.id, after]]);
    return { earned: after, purse: { available: purse.available + available, pending: purse.pending + pending, accruals } };
  };
  const left = points - reversed;
  if (step.kind === 'confirm') {
    if (status === 'CANCELLED') return { refused: 'VALIDATION' };
    if (status !== 'PENDING') return { purse, earned };
    return become({ status: reversed === 0 ? 'CONFIRMED' : 'PARTIALLY_REVERSED' }, left, -left);
  }
  if (step.kind === 'cancel') {
    if (status === 'CANCELLED') return { purse, earned };
    return status === 'PENDING' ? become({ status: 'CANCELLED' }, 0, -left) : { refused: 'VALIDATION' };
  }
  const back = status === 'CANCELLED' ? undefined : pointsOf(earned, step);
  if (back === undefined) return EXCEEDS;
  if (status !== 'PENDING' && back > purse.available) return { refused: 'INSUFFICIENT_POINTS' };
  const after = reversed + back === points ? 'REVERSED' : status === 'PENDING' ? 'PENDING' : 'PARTIALLY_REVERSED';
  const what = { status: after, reversed: reversed + back, returned: earned.returned + (step.minor ?? 0) };
  return status === 'PENDING' ? become(what, 0, -back) : become(what, -back, 0);
}
