import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { loadCoalition } from '../partners/load-coalition.ts';
import type { Context } from '../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../platform/graphql/rights.ts';
import { countGroups, type GroupedBy } from './member-groups.queries.ts';
import { type MemberGroup, showableGroups } from './member-groups.rules.ts';
import { MemberGroupKeyEnum, MemberGroupType } from './member-groups.types.ts';
import { dataSharedWith, forbidAfterTermination } from './member-sight.ts';

@Resolver()
export class MemberGroupsResolver {
  @Query(() => [MemberGroupType], {
    description:
      'OPERATOR: all members, counted by what they have in common. PARTNER, with a data-sharing clause: those who joined through it; groups ' +
      'of fewer members than the clause allows are left out, and others with them where a total would tell them.',
  })
  async memberGroups(
    @Ctx() context: Context,
    @Arg('by', () => MemberGroupKeyEnum, { description: 'What the members of a group have in common.' }) by: GroupedBy,
  ): Promise<readonly MemberGroupType[]> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    if (viewer.role === 'OPERATOR') return named(context, by, await countGroups(context.db, by, undefined));
    await forbidAfterTermination(context);
    const clause = await dataSharedWith(context, viewer.partnerId);
    if (clause === undefined) throw forbidden('The contract in force has no data-sharing clause.');
    return named(context, by, showableGroups(await countGroups(context.db, by, viewer.partnerId), clause.minimumGroupSize));
  }
}

/** Partners are named by their codes. */
async function named(context: Context, by: GroupedBy, groups: readonly MemberGroup[]): Promise<readonly MemberGroup[]> {
  if (by !== 'HOME_PARTNER') return groups;
  const coalition = await loadCoalition(context);
  return groups.map(({ key, members }) => ({ key: key === null ? null : coalition.partnerById(key).code, members }));
}
