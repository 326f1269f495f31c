import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { priceOf } from '../../partners/rates/prices.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { type DuePoints, endPoints } from './end-points.ts';
import { type Ending, endingOf, isLatest, outstandingOf } from './ending.rules.ts';
import { returnDeposits, takeDeposits } from './settle-deposits.ts';
import { closeOutstanding, readSteps, type StepTaken, type TerminationStep } from './termination.queries.ts';

/**
 * Does a bounded part of what ended contracts bring with them: deposits at the end of earning, then what their clauses say of outstanding
 * points, last what is left of deposits. Answers how many lots and deposits were moved. Points that come back later, from a hold or with a
 * refund, are taken by a later round.
 */
export async function settleTerminations(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const { coalition } = await coalitionNow(tx);
  const endings = coalition.contracts.flatMap((contract) => endingOf(contract) ?? []).filter(({ earnEnd }) => earnEnd <= asOf);
  if (endings.length === 0) return 0;
  const steps = await readStepsOf(tx, endings);
  const secured = endings.filter(
    ({ contract, terms, tailEnd }) => terms.depositBps > 0 && asOf < tailEnd && stepOf(steps, contract.id, 'DEPOSIT') === undefined,
  );
  const taken = await takeDeposits(tx, coalition, asOf, secured);
  if (taken > 0) return taken;
  const due = dueBy(coalition, asOf, endings);
  const ended = await endPoints(tx, coalition, asOf, limit, due);
  if (ended > 0) return ended;
  const unfinished = due.filter(({ ending }) => !isOver(stepOf(steps, ending.contract.id, 'OUTSTANDING')));
  if (unfinished.length > 0)
    await closeOutstanding(
      tx,
      unfinished.map(({ taking }) => taking),
      asOf,
    );
  const closed = await readStepsOf(tx, endings);
  const waiting = endings.filter((ending) => {
    const { id } = ending.contract;
    return ending.tailEnd <= asOf && stepOf(closed, id, 'DEPOSIT') !== undefined && stepOf(closed, id, 'DEPOSIT_RETURN') === undefined;
  });
  return returnDeposits(
    tx,
    asOf,
    waiting.filter((ending) => {
      const takesPoints = isLatest(coalition, ending.contract, asOf) && outstandingOf(coalition, ending).policy !== 'HONOUR';
      return !takesPoints || isOver(stepOf(closed, ending.contract.id, 'OUTSTANDING'));
    }),
  );
}

async function readStepsOf(tx: Tx, endings: readonly Ending[]): Promise<StepTaken[]> {
  return (
    await readSteps(
      tx,
      endings.map(({ contract }) => contract.id),
    )
  ).flat();
}

function stepOf(steps: readonly StepTaken[], contractId: string, step: TerminationStep): StepTaken | undefined {
  return steps.find((one) => one.contractId === contractId && one.step === step);
}

const isOver = (step: StepTaken | undefined): boolean => step !== undefined && step.doneAt !== null;

/** Contracts whose points are taken from wallets by now. While nobody has a price for the new points, nothing is converted. */
function dueBy(coalition: Coalition, asOf: Date, endings: readonly Ending[]): DuePoints[] {
  return endings.flatMap((ending): DuePoints[] => {
    const outstanding = outstandingOf(coalition, ending);
    const { id: contractId, partnerId: issuer } = ending.contract;
    if (outstanding.policy === 'HONOUR' || outstanding.dueAt > asOf || !isLatest(coalition, ending.contract, asOf)) return [];
    if (outstanding.policy !== 'CONVERT')
      return [{ ending, policy: outstanding.policy, taking: { contractId, issuer, kept: undefined }, into: undefined }];
    const { to } = outstanding;
    const price = priceOf(coalition, to, asOf);
    if (price === undefined || price.terms.redemptionElementMicros === 0n) return [];
    const into = { currency: to, issuer: to.issuerId ?? price.contract.partnerId, redemptionMicros: price.terms.redemptionElementMicros };
    return [{ ending, policy: outstanding.policy, taking: { contractId, issuer, kept: to.no }, into }];
  });
}
