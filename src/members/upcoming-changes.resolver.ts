import { Ctx, FieldResolver, Resolver } from 'type-graphql';
import { readCoalitionOnce } from '../partners/load-coalition.ts';
import { upcomingChanges } from '../partners/rates/upcoming-changes.rules.ts';
import { toUpcomingChange, UpcomingChangeType } from '../partners/rates/upcoming-changes.types.ts';
import type { Context } from '../platform/graphql/context.ts';
import { MemberType } from './member.types.ts';

@Resolver(() => MemberType)
export class MemberUpcomingChangesResolver {
  @FieldResolver(() => [UpcomingChangeType], {
    description: 'What will change for members, earliest first: terms that both parties have signed, and notices.',
  })
  async upcomingChanges(@Ctx() context: Context): Promise<UpcomingChangeType[]> {
    const { coalition, now } = await readCoalitionOnce(context);
    return upcomingChanges(coalition, now).map((change) => toUpcomingChange(change, coalition));
  }
}
