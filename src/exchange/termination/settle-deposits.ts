import { deposit, partnerMoney } from '../../ledger/account.ts';
import { lockAccounts } from '../../ledger/lock-accounts.ts';
import { postDecided } from '../../ledger/post.ts';
import { depositPaid, depositReturned, type EndingFacts } from '../../ledger/postings/termination.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { depositMicros } from '../../partners/contracts/clauses/termination/termination.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { redemptionElement } from '../redemption/redemption.rules.ts';
import type { Ending } from './ending.rules.ts';
import { addToStep, type OutstandingPoints, readDeposits, readOutstanding, takeStep } from './termination.queries.ts';

const factsOf = ({ contract }: Ending, occurredAt: Date): EndingFacts => ({
  contractId: contract.id,
  partnerId: contract.partnerId,
  occurredAt,
});

/** Takes the deposits of partners whose earning has ended, once each; answers how many. */
export async function takeDeposits(tx: Tx, coalition: Coalition, asOf: Date, endings: readonly Ending[]): Promise<number> {
  if (endings.length === 0) return 0;
  const contractIds = endings.map(({ contract }) => contract.id);
  const taken = await takeStep(tx, 'DEPOSIT', contractIds, asOf);
  const due = endings.filter(({ contract }) => taken.has(contract.id));
  if (due.length === 0) return 0;
  const issuers = due.map(({ contract }) => contract.partnerId);
  const outstanding = Map.groupBy(await readOutstanding(tx, issuers, asOf), ({ issuer }) => issuer);
  const deposits = due.map((ending) => ({
    ending,
    ...depositOf(coalition, ending, outstanding.get(ending.contract.partnerId) ?? [], asOf),
  }));
  await postDecided(
    tx,
    deposits.filter(({ micros }) => micros > 0n).map(({ ending, micros }) => depositPaid(factsOf(ending, asOf), micros)),
    [],
  );
  await addToStep(
    tx,
    'DEPOSIT',
    deposits.map(({ ending, points, micros }) => ({ contractId: ending.contract.id, points, micros })),
  );
  return due.length;
}

/** Points that their issuer has not funded, or not in full, and the deposit on what it would pay if all were burned now. */
function depositOf(
  coalition: Coalition,
  { terms }: Ending,
  outstanding: readonly OutstandingPoints[],
  at: Date,
): { points: bigint; micros: bigint } {
  let [points, micros] = [0n, 0n];
  for (const part of outstanding) {
    const unfunded = redemptionElement(coalition, coalition.currencyNo(part.currencyNo), part, at) - part.fundedMicros;
    if (unfunded <= 0n) continue;
    points += part.points;
    micros += depositMicros(part.points, unfunded, terms.depositBps);
  }
  return { points, micros };
}

/** Gives back what is left of deposits, once each; answers how many. */
export async function returnDeposits(tx: Tx, asOf: Date, endings: readonly Ending[]): Promise<number> {
  if (endings.length === 0) return 0;
  const contractIds = endings.map(({ contract }) => contract.id);
  const taken = await takeStep(tx, 'DEPOSIT_RETURN', contractIds, asOf);
  const due = endings.filter(({ contract }) => taken.has(contract.id));
  if (due.length === 0) return 0;
  const partners = due.map(({ contract }) => contract.partnerId);
  await lockAccounts(tx, [...partners.map(deposit), ...partners.map(partnerMoney)]);
  const left = await readDeposits(tx, partners);
  const returns = due.map((ending) => ({ ending, micros: left.get(ending.contract.partnerId) ?? 0n }));
  await postDecided(
    tx,
    returns.filter(({ micros }) => micros > 0n).map(({ ending, micros }) => depositReturned(factsOf(ending, asOf), micros)),
    [],
  );
  await addToStep(
    tx,
    'DEPOSIT_RETURN',
    returns.map(({ ending, micros }) => ({ contractId: ending.contract.id, points: 0n, micros })),
  );
  return due.length;
}
