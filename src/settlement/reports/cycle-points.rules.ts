import type { Movement } from '../lines/cycle-facts.ts';

const sumOf = (movements: readonly Movement[]): bigint => movements.reduce((sum, { amount }) => sum + amount, 0n);

const inPoints = (movements: readonly Movement[], kind: Movement['kind']): Movement[] =>
  movements.filter((movement) => movement.kind === kind && movement.unit !== 0);

/** Points that a partner issued in a cycle and pays for, net of reversals; all partners together when none is named. */
export function issuedPoints(movements: readonly Movement[], partnerId?: string): bigint {
  return -sumOf(inPoints(movements, 'ISSUANCE').filter(({ owner }) => partnerId === undefined || owner === partnerId));
}

/** Points that joint promotions gave in a cycle, net of reversals. */
export const jointPoints = (movements: readonly Movement[]): bigint => -sumOf(inPoints(movements, 'JOINT'));

/** Points that were burned at a partner in a cycle, net of refunds; at all partners together when none is named. */
export function burnedPoints(movements: readonly Movement[], partnerId?: string): bigint {
  return sumOf(inPoints(movements, 'REDEEMED').filter(({ owner }) => partnerId === undefined || owner === partnerId));
}

/** Points that ran out in a cycle; those that were bought back did not. */
export const expiredPoints = (movements: readonly Movement[]): bigint =>
  sumOf(inPoints(movements, 'EXPIRED').filter(({ code }) => code === 'lot.expired'));
