import type { Posting } from '../../ledger/posting.ts';
import { paidBackToDeposit } from '../../ledger/postings/termination.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { balancesOf, lockWithDeposits } from './draw-deposits.ts';
import { hasDeposit } from './ending.rules.ts';
import { readDrawn } from './termination.queries.ts';

/**
 * Postings of a refund, with the funding that it gives a leaving partner put back into its deposit, as far as the burn had drawn on that and
 * until the deposit was returned. Called with the wallets locked, right before they are posted. While no partner that gets something back has
 * a deposit, it costs no statement.
 */
export async function refillDeposits(
  tx: Tx,
  coalition: Coalition,
  now: Date,
  redemptionId: string,
  postings: readonly Posting[],
): Promise<readonly Posting[]> {
  const returns = postings.filter(({ code }) => code === 'redemption.funding_returned');
  const endings = [...new Set(returns.flatMap((posting) => [...balancesOf(posting).keys()]))].flatMap((partnerId) => {
    const contract = hasDeposit(coalition, partnerId, now) ? coalition.contractAt(partnerId, now) : undefined;
    return contract === undefined ? [] : [{ partnerId, contractId: contract.id }];
  });
  await lockWithDeposits(tx, [{ postings, partnerIds: endings.map(({ partnerId }) => partnerId) }]);
  if (endings.length === 0) return postings;
  const drawn = await readDrawn(tx, redemptionId, endings);
  return postings.map((posting) => {
    if (!returns.includes(posting)) return posting;
    return [...balancesOf(posting)].reduce((refilled, [partnerId, returned]) => {
      const left = drawn.get(partnerId) ?? 0n;
      const micros = returned < left ? returned : left;
      return micros > 0n ? paidBackToDeposit(refilled, partnerId, micros) : refilled;
    }, posting);
  });
}
