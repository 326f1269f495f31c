import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import { toClearingCycle } from '../cycles/cycle.types.ts';
import { readEntries } from '../entries/entries.queries.ts';
import { maySee } from '../entries/ledger-entry-node.ts';
import { EntryProofType } from './entry-proof.types.ts';
import { proveEntry } from './prove-entry.ts';

@Resolver()
export class EntryProofResolver {
  @Query(() => EntryProofType, {
    nullable: true,
    description:
      'OPERATOR, PARTNER (own accounts): proves an entry without the rest. Null while its cycle is open, and for entries of wallets.',
  })
  async entryProof(
    @Ctx() context: Context,
    @Arg('entryId', () => ID, { description: 'Id of the entry.' }) entryId: string,
  ): Promise<EntryProofType | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const [coalition, entry] = await Promise.all([
      loadCoalition(context),
      context.load(readEntries, parseIdOf('LedgerEntry', entryId) ?? NO_ID),
    ]);
    if (entry === undefined || !maySee(context.viewer, entry)) throw forbidden();
    const proof = entry.accountKind === 'WALLET' ? undefined : await proveEntry(context.db, coalition, entry.accountId, entry.version);
    return (
      proof && {
        cycle: toClearingCycle(proof.cycle),
        text: proof.text,
        path: proof.path.map(({ side, hash }) => ({ side, hash: hash.toString('hex') })),
        root: proof.cycle.batchHash ?? '',
      }
    );
  }
}
