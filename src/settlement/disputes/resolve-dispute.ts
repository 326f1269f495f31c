import type { Amount } from '../../kernel/money.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { acceptAmount } from './accept-amount.ts';
import { type ChangeDispute, changeDispute } from './change-dispute.ts';
import { checkAccepted } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';

/** The operator's decision: how much of what is disputed it accepts. */
export interface ResolveDispute extends ChangeDispute {
  readonly acceptedAmount: Amount;
}

/** Decides an open dispute: ACCEPTED, PARTIALLY_ACCEPTED or REJECTED, by the amount. */
export function resolveDispute(tx: Tx, command: ResolveDispute): Promise<Outcome<Dispute>> {
  const { acceptedAmount } = command;
  return changeDispute(tx, command, 'RESOLVE', async ({ dispute }, time) => {
    const { settlementCurrency } = (await coalitionNow(tx)).coalition.program;
    if (acceptedAmount.currency !== settlementCurrency)
      return invalid('acceptedAmount', `Money is in the settlement currency, ${settlementCurrency}.`);
    const accepted = checkAccepted(dispute, acceptedAmount.minor, time);
    return 'refused' in accepted ? accepted : done({ dispute: await acceptAmount(tx, dispute, accepted.done, time) });
  });
}
