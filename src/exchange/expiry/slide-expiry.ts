import { plusMonths } from '../../kernel/instant.ts';
import { prolongLots } from '../../ledger/prolong-lots.ts';
import type { Wallet } from '../../ledger/wallets.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';

/** Something a member did with a wallet: earned into it or burned from it. */
export interface WalletActivity {
  readonly wallet: Wallet;
  readonly at: Date;
  /** The lot that it opened. */
  readonly lotId?: string | undefined;
}

/** Where a currency's points end some months after the last activity, an activity makes all that are left last longer. */
export async function slideExpiry(tx: Tx, coalition: Coalition, activities: readonly WalletActivity[]): Promise<void> {
  await prolongLots(
    tx,
    activities.flatMap(({ wallet, at, lotId }) => {
      const { expiry } = coalition.currencyNo(wallet.account.unit);
      return expiry.kind === 'SLIDING'
        ? [{ accountId: wallet.accountId, until: plusMonths(at, expiry.months, coalition.program.timeZone), opened: lotId }]
        : [];
    }),
  );
}
