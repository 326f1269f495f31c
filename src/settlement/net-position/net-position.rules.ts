import { minorOfMicros } from '../../kernel/money.ts';
import { bpsOf } from '../../kernel/ratio.ts';
import { type Contract, lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import type { OpenLine } from './open-lines.queries.ts';

/** The fee on what a partner is reimbursed, in basis points. */
export function handlingFeeBps(contract: Contract | undefined, at: Date): number {
  return lastClausesBy(contract, 'acceptance', at)[0]?.handlingFeeBps ?? 0;
}

/** A partner's net position in minor units: every line rounded once, the handling fee taken from the rounded reimbursement. */
export function netPositionMinor(lines: readonly OpenLine[], feeBps: number, currency: string): bigint {
  return lines.reduce((net, line) => {
    const amount = minorOfMicros(line.micros, currency);
    return net + amount - (line.type === 'REIMBURSEMENT' ? bpsOf(amount, feeBps) : 0n);
  }, 0n);
}
