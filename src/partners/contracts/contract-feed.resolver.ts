import { Resolver, Root, Subscription } from 'type-graphql';
import { actsForPartner } from '../../kernel/viewer.ts';
import type { Database } from '../../platform/database.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import type { Feed } from '../../platform/live/feed.ts';
import { objectFeed } from '../../platform/live/object-feed.ts';
import { coalitionNow } from '../coalition.ts';
import { toContract } from './contract.types.ts';
import { ContractUpdateType } from './contract-update.types.ts';
import { versionsSeenBy } from './slice-versions.ts';

@Resolver()
export class ContractFeedResolver {
  @Subscription(() => ContractUpdateType, {
    description:
      'OPERATOR, all; PARTNER, its own: contracts as they change. First come all of them, as they stand (resync: true); then each as it stands after a step such as a proposal, a signature or a notice, after it is committed.',
    subscribe: ({ context }: { context: Context }) => subscribe(context),
  })
  contractChanged(@Root() update: ContractUpdateType): ContractUpdateType {
    return update;
  }
}

function subscribe({ db, viewer }: Context): Feed<ContractUpdateType> {
  viewerAs(viewer, 'OPERATOR', 'PARTNER');
  return objectFeed(db, {
    // That the operator is writing a draft is nobody else's to know.
    topics: viewer.role === 'OPERATOR' ? ['CONTRACT', 'DRAFT'] : ['CONTRACT'],
    first: async () => (await coalitionNow(db)).coalition.contracts.map(({ id }) => id),
    read: readFeed,
    sees: ({ contract: { contract } }) => actsForPartner(viewer, contract.partnerId) && versionsSeenBy(contract, viewer).length > 0,
  });
}

async function readFeed(database: Database, ids: readonly string[], isFirst: boolean): Promise<(ContractUpdateType | undefined)[]> {
  const { coalition, now } = await coalitionNow(database);
  const byId = new Map(coalition.contracts.map((contract) => [contract.id, contract]));
  return ids.map((id) => {
    const contract = byId.get(id);
    return contract && { contract: toContract(contract, now), resync: isFirst };
  });
}
