import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { parseIdOf, toPublicId } from '../../kernel/ids.ts';
import { actsForPartner } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import { accountName } from '../entries/account-name.ts';
import { entryId } from '../entries/ledger-entry.ts';
import { readAccounts } from './account-history.queries.ts';
import { LedgerVerificationType } from './ledger-verification.types.ts';
import { verifyAccount } from './verify-account.ts';

@Resolver(() => LedgerVerificationType)
export class LedgerVerificationResolver {
  @Query(() => LedgerVerificationType, {
    description: 'OPERATOR, PARTNER (own accounts): derives the history of an account again and says where it is not as it was written.',
  })
  async verifyLedger(
    @Ctx() context: Context,
    @Arg('account', () => String, { description: 'The account, as entries name it: PARTNER:AERO, POOL:APT, WALLET:mem_...:APT.' })
    name: string,
  ): Promise<LedgerVerificationType> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const coalition = await loadCoalition(context);
    const [, member] = name.startsWith('WALLET:') ? name.split(':') : [];
    const memberId = member === undefined ? null : parseIdOf('Member', member);
    if (memberId === undefined) throw forbidden();
    const account = (await readAccounts(context.db, memberId)).find((one) => accountName(coalition, one) === name);
    if (account === undefined || !actsForPartner(context.viewer, account.owner ?? '')) throw forbidden();
    const { checked, broken } = await verifyAccount(context.db, coalition, account);
    const { accountId } = account;
    const brokenAt = broken?.version ?? undefined;
    return {
      account: name,
      ok: broken === undefined,
      checkedEntries: checked,
      brokenAt: brokenAt === undefined ? undefined : toPublicId('LedgerEntry', entryId({ accountId, version: brokenAt })),
      reason: broken?.reason,
    };
  }
}
