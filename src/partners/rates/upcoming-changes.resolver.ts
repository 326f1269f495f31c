import { Arg, Ctx, FieldResolver, Resolver } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { readCoalitionOnce } from '../load-coalition.ts';
import { ProgramType } from '../program/program.types.ts';
import { upcomingChanges } from './upcoming-changes.rules.ts';
import { toUpcomingChange, UpcomingChangeType } from './upcoming-changes.types.ts';

@Resolver(() => ProgramType)
export class UpcomingChangesResolver {
  @FieldResolver(() => [UpcomingChangeType], {
    description:
      'What will change for members, earliest first: terms that both parties have signed, and notices. OPERATOR, PARTNER, MEMBER.',
  })
  async upcomingChanges(
    @Ctx() context: Context,
    @Arg('until', () => DateTime, { nullable: true, description: 'The last instant of interest; all that is known when left out.' })
    until?: Date | null,
  ): Promise<UpcomingChangeType[]> {
    const { coalition, now } = await readCoalitionOnce(context);
    return upcomingChanges(coalition, now, until ?? undefined).map((change) => toUpcomingChange(change, coalition));
  }
}
