import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { NO_ID, parseIdOf, toPublicId } from '../../kernel/ids.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { principalOf, type Role, type Viewer } from '../../kernel/viewer.ts';
import { actingKey } from '../../members/acting-member.ts';
import { MemberType, toMember } from '../../members/member.types.ts';
import { forbidAfterTermination } from '../../members/member-sight.ts';
import { readMembers } from '../../members/members.queries.ts';
import { OPERATOR } from '../../partners/contracts/clauses/responsibility/responsibility.rules.ts';
import { loadCoalition, readCoalitionOnce } from '../../partners/load-coalition.ts';
import { type Tx, transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, mayAct, viewerAs } from '../../platform/graphql/rights.ts';
import { type Attempt, attemptOf } from '../../platform/idempotency.ts';
import { readAccruals } from '../accrual/accrual.queries.ts';
import { AccrualType, toAccrual } from '../accrual/accrual.types.ts';
import type { Claimed } from './change-claim.ts';
import type { ClaimStatus } from './claim.ts';
import {
  ClaimConnection,
  ClaimEventType,
  ClaimMissingPointsInput,
  ClaimPayload,
  ClaimStatusEnum,
  ClaimType,
  EscalateClaimInput,
  ResolveClaimInput,
  ReviewClaimInput,
  toClaim,
} from './claim.types.ts';
import { readBreachesOf } from './claim-breaches.queries.ts';
import { claimMissingPoints } from './claim-missing-points.ts';
import { readClaimPages, readQueue } from './claims.queries.ts';
import { escalateClaim } from './escalate-claim.ts';
import { resolveClaim } from './resolve-claim.ts';
import { reviewClaim } from './review-claim.ts';

async function change<R extends Role>(
  context: Context,
  operation: string,
  input: { readonly idempotencyKey: string },
  roles: readonly R[],
  work: (tx: Tx, attempt: Attempt, viewer: Extract<Viewer, { role: R }>) => Promise<Outcome<Claimed>>,
): Promise<ClaimPayload> {
  const may = mayAct(context.viewer, ...roles);
  if ('refused' in may) return { replayed: false, userErrors: [toUserError(may.refused)] };
  const attempt = attemptOf(principalOf(may.done), operation, input);
  const outcome = await transact(context.db, (tx) => work(tx, attempt, may.done));
  if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
  const { claim, replayed } = outcome.done;
  return { claim: toClaim(await loadCoalition(context), claim, context.now), replayed, userErrors: [] };
}

const storedId = ({ claimId }: { readonly claimId: string }): string => parseIdOf('Claim', claimId) ?? NO_ID;

@Resolver(() => ClaimType)
export class ClaimResolver {
  @Query(() => ClaimConnection, {
    description: 'PARTNER, its own queue; OPERATOR, all or those of one party: claims, oldest first.',
  })
  async claims(
    @Ctx() context: Context,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('assignedTo', () => String, {
      nullable: true,
      description: 'Only what this party answers for: code of a partner, or OPERATOR. A partner names only itself.',
    })
    assignedTo?: string | null,
    @Arg('status', () => ClaimStatusEnum, { nullable: true, description: 'Only those that stand here.' }) status?: ClaimStatus | null,
    @Arg('breached', () => Boolean, {
      nullable: true,
      description: 'Only those that were, or were not, once left undecided beyond their time.',
    })
    breached?: boolean | null,
  ): Promise<Connection<ClaimType>> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const { coalition, now } = await readCoalitionOnce(context);
    const slice = readPage(page, 1);
    const claims = await readQueue(context.db, {
      assigneeId: queueOf(viewer, assignedTo ?? undefined, (code) => coalition.partnerOf(code)?.id),
      status: status ?? undefined,
      breached: breached ?? undefined,
      size: slice.size,
      after: positionOf(slice.after),
      before: positionOf(slice.before),
      backwards: slice.backwards,
    });
    return toConnection(
      toPage(claims, slice.size, slice),
      (claim) => toClaim(coalition, claim, now),
      ({ id }) => [toPublicId('Claim', id)],
    );
  }

  @Mutation(() => ClaimPayload, {
    description:
      'MEMBER, OPERATOR: says that points of a purchase are missing. The claim goes to the party responsible by the contract of that day.',
  })
  claimMissingPoints(
    @Ctx() context: Context,
    @Arg('input', () => ClaimMissingPointsInput, { description: 'The purchase.' }) input: ClaimMissingPointsInput,
  ): Promise<ClaimPayload> {
    return change(context, 'claimMissingPoints', input, ['MEMBER', 'OPERATOR'], (tx, attempt, viewer) =>
      claimMissingPoints(tx, {
        attempt,
        viewer,
        member: actingKey(viewer, input.member),
        partner: input.partner,
        externalId: input.externalId ?? undefined,
        occurredAt: input.occurredAt,
        amount: input.amount ?? undefined,
        points: input.points ?? undefined,
        task: input.task ?? 'ACCRUAL_ERROR',
        note: input.note,
      }),
    );
  }

  @Mutation(() => ClaimPayload, { description: 'PARTNER, OPERATOR, whoever answers for it: looks into a claim.' })
  reviewClaim(
    @Ctx() context: Context,
    @Arg('input', () => ReviewClaimInput, { description: 'The claim.' }) input: ReviewClaimInput,
  ): Promise<ClaimPayload> {
    return change(context, 'reviewClaim', input, ['PARTNER', 'OPERATOR'], (tx, attempt, viewer) =>
      reviewClaim(tx, { attempt, viewer, claimId: storedId(input) }),
    );
  }

  @Mutation(() => ClaimPayload, {
    description: 'PARTNER, OPERATOR, whoever answers for it: decides a claim. Approved, the purchase earns its points as of its day.',
  })
  resolveClaim(
    @Ctx() context: Context,
    @Arg('input', () => ResolveClaimInput, { description: 'The decision.' }) input: ResolveClaimInput,
  ): Promise<ClaimPayload> {
    const { decision } = input;
    return change(context, 'resolveClaim', input, ['PARTNER', 'OPERATOR'], (tx, attempt, viewer) =>
      resolveClaim(tx, { attempt, viewer, claimId: storedId(input), decision, reason: input.reason ?? undefined }),
    );
  }

  @Mutation(() => ClaimPayload, { description: 'MEMBER: does not accept a rejection, once; the operator decides then.' })
  escalateClaim(
    @Ctx() context: Context,
    @Arg('input', () => EscalateClaimInput, { description: 'The claim.' }) input: EscalateClaimInput,
  ): Promise<ClaimPayload> {
    return change(context, 'escalateClaim', input, ['MEMBER'], (tx, attempt, { memberId }) =>
      escalateClaim(tx, { attempt, memberId, claimId: storedId(input) }),
    );
  }

  @FieldResolver(() => MemberType, {
    nullable: true,
    description: 'Whose points; masked for partners, and not for one whose contract is terminated.',
  })
  async member(@Ctx() context: Context, @Root() { claim }: ClaimType): Promise<MemberType> {
    await forbidAfterTermination(context);
    const member = await context.load(readMembers, claim.memberId);
    if (member === undefined) throw new Error(`member ${claim.memberId} is not stored`);
    return toMember(member);
  }

  @FieldResolver(() => [ClaimEventType], { description: 'What was noted of it, in order.' })
  async events(@Ctx() { load }: Context, @Root() { claim }: ClaimType): Promise<ClaimEventType[]> {
    return (await load(readBreachesOf, claim.id)).map(({ dueAt }) => ({ type: 'SLA_BREACHED', at: dueAt }));
  }

  @FieldResolver(() => AccrualType, {
    nullable: true,
    description: 'What was earned when it was approved; not for a partner that answers for the claim of another.',
  })
  async accrual(@Ctx() { viewer, load }: Context, @Root() { claim }: ClaimType): Promise<AccrualType | undefined> {
    if (claim.accrualId === null || (viewer.role === 'PARTNER' && viewer.partnerId !== claim.partnerId)) return undefined;
    const accrual = await load(readAccruals, claim.accrualId);
    return accrual && toAccrual(accrual);
  }
}

@Resolver(() => MemberType)
export class MemberClaimsResolver {
  @FieldResolver(() => ClaimConnection, { description: 'Claims of missing points, oldest first; for the member and the operator.' })
  async claims(
    @Ctx() context: Context,
    @Root() { member }: MemberType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<ClaimType>> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'MEMBER');
    if (viewer.role === 'MEMBER' && viewer.memberId !== member.id) throw forbidden();
    const slice = readPage(page, 1);
    const { size, backwards } = slice;
    const wanted = { memberId: member.id, size, after: positionOf(slice.after), before: positionOf(slice.before), backwards };
    const [{ coalition, now }, claims] = await Promise.all([readCoalitionOnce(context), context.load(readClaimPages, wanted)]);
    return toConnection(
      toPage(claims, size, slice),
      (claim) => toClaim(coalition, claim, now),
      ({ id }) => [toPublicId('Claim', id)],
    );
  }
}

/** Whose queue is read: null for the operator's, undefined for all. */
function queueOf(
  viewer: Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>,
  assignedTo: string | undefined,
  partnerIdOf: (code: string) => string | undefined,
): string | null | undefined {
  if (viewer.role === 'PARTNER') {
    if (assignedTo !== undefined && partnerIdOf(assignedTo) !== viewer.partnerId) throw forbidden();
    return viewer.partnerId;
  }
  if (assignedTo === undefined) return undefined;
  return assignedTo === OPERATOR ? null : (partnerIdOf(assignedTo) ?? NO_ID);
}

function positionOf(key: readonly (string | number)[] | undefined): string | undefined {
  if (key === undefined) return undefined;
  const id = parseIdOf('Claim', String(key[0]));
  if (id === undefined) throw badInput('The cursor is not one of this list.');
  return id;
}
