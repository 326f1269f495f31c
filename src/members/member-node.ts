import type { Context } from '../platform/graphql/context.ts';
import { forbidden } from '../platform/graphql/rights.ts';
import { type MemberType, toMember } from './member.types.ts';
import { forbidAfterTermination } from './member-sight.ts';
import { readMembers } from './members.queries.ts';

/** A member by its stored id: operators and partners see all, a partner until its contract is terminated, a member only itself. */
export async function memberNode(context: Context, id: string): Promise<MemberType | undefined> {
  if (context.viewer.role === 'MEMBER' && context.viewer.memberId !== id) throw forbidden();
  await forbidAfterTermination(context);
  const member = await context.load(readMembers, id);
  return member && toMember(member);
}
