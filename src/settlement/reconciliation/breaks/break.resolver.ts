import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { toPage } from '../../../kernel/cursor.ts';
import { NO_ID, parseIdOf } from '../../../kernel/ids.ts';
import type { Outcome } from '../../../kernel/refusal.ts';
import { principalOf } from '../../../kernel/viewer.ts';
import { readCoalitionOnce } from '../../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../../partners/partner.types.ts';
import { type Tx, transact } from '../../../platform/database.ts';
import { toUserError } from '../../../platform/graphql/common.types.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { forbidden, mayAct, viewerAs } from '../../../platform/graphql/rights.ts';
import { type Attempt, attemptOf } from '../../../platform/idempotency.ts';
import { ReconciliationType, toReconciliation } from '../reconciliation.types.ts';
import { readReconciliations } from '../reconciliations.queries.ts';
import { assignBreak } from './assign-break.ts';
import type { Deciding } from './break.rules.ts';
import type { Break, BreakState } from './break.ts';
import {
  AssignBreakInput,
  BreakConnection,
  BreakPayload,
  BreakStateEnum,
  BreakSuggestionType,
  BreakType,
  DecideBreakResolutionInput,
  ProposeBreakResolutionInput,
  toBreak,
} from './break.types.ts';
import { readBreakPage } from './breaks.queries.ts';
import { decideResolution } from './decide-resolution.ts';
import { proposeResolution } from './propose-resolution.ts';
import { readCandidates } from './suggestions.queries.ts';
import { suggest } from './suggestions.rules.ts';

interface Asked {
  readonly idempotencyKey: string;
  readonly breakId: string;
}

async function change(
  context: Context,
  operation: string,
  input: Asked,
  roles: readonly Deciding['role'][],
  work: (tx: Tx, asked: { attempt: Attempt; viewer: Deciding; breakId: string }) => Promise<Outcome<Break>>,
): Promise<BreakPayload> {
  const may = mayAct(context.viewer, ...roles);
  if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
  const attempt = attemptOf(principalOf(may.done), operation, input);
  const breakId = parseIdOf('ReconciliationBreak', input.breakId) ?? NO_ID;
  const outcome = await transact(context.db, (tx) => work(tx, { attempt, viewer: may.done, breakId }));
  if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
  const { coalition, now } = await readCoalitionOnce(context);
  return { break: toBreak(coalition, outcome.done, now), userErrors: [] };
}

@Resolver(() => BreakType)
export class BreakResolver {
  @Query(() => BreakConnection, { description: 'OPERATOR, of all partners or one; PARTNER, its own: breaks, the oldest first.' })
  async breaks(
    @Ctx() context: Context,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('partner', () => String, { nullable: true, description: 'Only those of this partner.' }) partner?: string | null,
    @Arg('state', () => BreakStateEnum, { nullable: true, description: 'Only those that stand here.' }) state?: BreakState | null,
  ): Promise<Connection<BreakType>> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const { coalition } = await readCoalitionOnce(context);
    const named = partner === undefined || partner === null ? undefined : (coalition.partnerOf(partner)?.id ?? NO_ID);
    if (viewer.role === 'PARTNER' && named !== undefined && named !== viewer.partnerId) throw forbidden();
    return pageOfBreaks(context, page, { partnerId: viewer.role === 'PARTNER' ? viewer.partnerId : named }, state);
  }

  @Mutation(() => BreakPayload, { description: 'OPERATOR, PARTNER for its own: says who looks after a break.' })
  assignBreak(
    @Ctx() context: Context,
    @Arg('input', () => AssignBreakInput, { description: 'The owner.' }) input: AssignBreakInput,
  ): Promise<BreakPayload> {
    return change(context, 'assignBreak', input, ['OPERATOR', 'PARTNER'], (tx, asked) =>
      assignBreak(tx, { ...asked, owner: input.owner ?? null }),
    );
  }

  @Mutation(() => BreakPayload, {
    description:
      'OPERATOR, PARTNER for its own: proposes what is to be done about a break. Nothing moves before another person approves it.',
  })
  proposeBreakResolution(
    @Ctx() context: Context,
    @Arg('input', () => ProposeBreakResolutionInput, { description: 'The proposal.' }) input: ProposeBreakResolutionInput,
  ): Promise<BreakPayload> {
    const { resolution, note } = input;
    return change(context, 'proposeBreakResolution', input, ['OPERATOR', 'PARTNER'], (tx, asked) =>
      proposeResolution(tx, { ...asked, resolution, amount: input.amount ?? undefined, note }),
    );
  }

  @Mutation(() => BreakPayload, {
    description: 'OPERATOR, another person than the proposer: approves what is proposed, which posts its adjustment once; or rejects it.',
  })
  decideBreakResolution(
    @Ctx() context: Context,
    @Arg('input', () => DecideBreakResolutionInput, { description: 'The decision.' }) input: DecideBreakResolutionInput,
  ): Promise<BreakPayload> {
    return change(context, 'decideBreakResolution', input, ['OPERATOR'], (tx, asked) =>
      decideResolution(tx, { ...asked, decision: input.decision }),
    );
  }

  @FieldResolver(() => PartnerType, { description: 'Whose file it is about.' })
  async partner(@Ctx() context: Context, @Root() { found }: BreakType): Promise<PartnerType> {
    return toPartner((await readCoalitionOnce(context)).coalition.partnerById(found.partnerId));
  }

  @FieldResolver(() => ReconciliationType, { description: 'The reconciliation that found it last.' })
  async reconciliation(@Ctx() context: Context, @Root() { found }: BreakType): Promise<ReconciliationType> {
    const run = await context.load(readReconciliations, found.runId);
    if (run === undefined) throw new Error(`reconciliation ${found.runId} is not stored`);
    return toReconciliation(run);
  }

  @FieldResolver(() => [BreakSuggestionType], {
    description: 'Rows that are missing on the other side and may be meant: at most three, the likeliest first. None of them is a match.',
  })
  async suggestions(@Ctx() context: Context, @Root() { found }: BreakType): Promise<BreakSuggestionType[]> {
    if (found.result !== 'MISSING_HERE' && found.result !== 'MISSING_THERE') return [];
    const { id, runId, result, kind, key, memberId } = found;
    const [day, amount] = [found.theirDay ?? found.ourDay, found.theirAmount ?? found.ourAmount];
    if (day === null || amount === null) throw new Error(`break ${id} has no side`);
    const candidates = await context.load(readCandidates, { id, runId, result, kind, key, memberId, day, amount: String(amount) });
    return suggest({ key, day, amount }, candidates).map(({ no, ...suggestion }) => ({ ...suggestion, rowNumber: no }));
  }
}

@Resolver(() => ReconciliationType)
export class ReconciliationBreaksResolver {
  @FieldResolver(() => BreakConnection, { description: 'What did not agree, the oldest first.' })
  breaks(
    @Ctx() context: Context,
    @Root() { run }: ReconciliationType,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('state', () => BreakStateEnum, { nullable: true, description: 'Only those that stand here.' }) state?: BreakState | null,
  ): Promise<Connection<BreakType>> {
    return pageOfBreaks(context, page, { runId: run.id }, state);
  }
}

async function pageOfBreaks(
  context: Context,
  page: PageArgs,
  whose: { readonly runId?: string; readonly partnerId?: string | undefined },
  state: BreakState | null | undefined,
): Promise<Connection<BreakType>> {
  const slice = readPage(page, 1);
  const { size, backwards } = slice;
  const [{ coalition, now }, found] = await Promise.all([
    readCoalitionOnce(context),
    readBreakPage(context.db, {
      ...whose,
      state: state ?? undefined,
      size,
      backwards,
      after: positionOf(slice.after),
      before: positionOf(slice.before),
    }),
  ]);
  return toConnection(
    toPage(found, size, slice),
    (one) => toBreak(coalition, one, now),
    ({ no }) => [Number(no)],
  );
}

function positionOf(key: readonly (string | number)[] | undefined): number | undefined {
  if (key === undefined) return undefined;
  const no = Number(key[0]);
  if (!Number.isSafeInteger(no)) throw badInput('The cursor is not one of this list.');
  return no;
}
