import { newId } from '../../kernel/ids.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import type { Party } from '../lines/cycle-line.ts';
import type { Instruction } from '../payments/instruction.ts';
import { instructionOf } from '../payments/instructions.rules.ts';
import type { Funded } from './funding.rules.ts';
import { isNamed, netsOf, type Obligation, owedBetween, type Pair } from './obligation.ts';

/** A partner that settles a cycle: its statement, and the terms on which it pays. */
export interface Settling {
  readonly partnerId: string;
  readonly code: Party;
  readonly statementId: string;
  readonly terms: ClauseOf<'paymentTerms'> | undefined;
}

/**
 * The payments that settle a cycle: one between the operator and each partner for all that it owes and is owed, one between the partners of
 * each named pair for what they owe each other directly, and what could not be funded, left to the next cycle.
 */
export function drawInstructions(
  cycleNo: number,
  { settled, deferred }: Funded,
  pairs: readonly Pair[],
  partners: readonly Settling[],
): Instruction[] {
  const byCode = new Map(partners.map((partner) => [partner.code, partner]));
  const between = (from: Party, to: Party) => {
    const payer = byCode.get(from);
    return {
      payer: payer?.partnerId ?? null,
      payee: byCode.get(to)?.partnerId ?? null,
      lateInterestBps: payer?.terms?.lateInterestBpsPerDay ?? 0,
    };
  };
  const none = { cycleNo, statementId: null, amountMinor: 0n, carriedMinor: 0n, carriedReason: null, paidMinor: 0n, dueDate: null };
  const withOperator = netsOf(settled.filter((one) => !isNamed(pairs, one)));
  return [
    ...partners.flatMap(({ code, ...partner }) =>
      instructionOf({ id: newId(), cycleNo, ...partner, netMinor: withOperator.get(code) ?? 0n }),
    ),
    ...pairs.flatMap(([a, b]): Instruction[] => {
      const net = owedBetween(settled, a, b) - owedBetween(settled, b, a);
      if (net === 0n) return [];
      const parties = net > 0n ? between(a, b) : between(b, a);
      return [{ ...none, ...parties, id: newId(), amountMinor: net > 0n ? net : -net, status: 'DUE' }];
    }),
    ...byDirection(deferred).map(
      ({ from, to, minor }): Instruction => ({
        ...none,
        ...between(from, to),
        id: newId(),
        carriedMinor: minor,
        carriedReason: 'FUNDING_LIMIT',
        status: 'CARRIED',
      }),
    ),
  ];
}

/** What is owed in each direction, as one. */
function byDirection(obligations: readonly Obligation[]): Obligation[] {
  const directions = Map.groupBy(obligations, ({ from, to }) => `${from} ${to}`);
  return [...directions.values()].flatMap(([first]) =>
    first === undefined ? [] : [{ ...first, minor: owedBetween(obligations, first.from, first.to) }],
  );
}
