import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { type Tx, transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { type Attempt, attemptOf } from '../../platform/idempotency.ts';
import { closeCycle } from './close-cycle.ts';
import type { Cycle } from './cycle.ts';
import { CloseCycleInput, CloseCyclePayload, CycleRefInput, toClearingCycle } from './cycle.types.ts';
import { readCyclesByNo } from './cycles.queries.ts';
import { issueStatements } from './issue-statements.ts';
import { reconcileCycle } from './reconcile-cycle.ts';

async function step(
  context: Context,
  operation: string,
  input: CycleRefInput,
  take: (tx: Tx, attempt: Attempt, cycleId: string) => Promise<Outcome<Cycle>>,
): Promise<CloseCyclePayload> {
  const may = mayAct(context.viewer, 'OPERATOR');
  if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
  const attempt = attemptOf(principalOf(may.done), operation, input);
  const outcome = await transact(context.db, (tx) => take(tx, attempt, parseIdOf('ClearingCycle', input.cycleId) ?? NO_ID));
  if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
  return answer(outcome.done, (await readCyclesByNo(context.db, [outcome.done.no + 1]))[0]);
}

const answer = (cycle: Cycle, next: Cycle | undefined): CloseCyclePayload => ({
  cycle: toClearingCycle(cycle),
  nextCycle: next && toClearingCycle(next),
  userErrors: [],
});

@Resolver()
export class CycleChangesResolver {
  @Mutation(() => CloseCyclePayload, {
    description: 'OPERATOR: ends the open cycle, freezes its statements and instructions, and opens the next. Nothing reopens it.',
  })
  async closeCycle(
    @Ctx() context: Context,
    @Arg('input', () => CloseCycleInput, { description: 'When it ends.' }) input: CloseCycleInput,
  ): Promise<CloseCyclePayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const outcome = await closeCycle(context.db, attemptOf(principalOf(may.done), 'closeCycle', input), input.cutoff ?? undefined);
    return 'refused' in outcome ? { userErrors: [toUserError(outcome.refused)] } : answer(outcome.done.cycle, outcome.done.nextCycle);
  }

  @Mutation(() => CloseCyclePayload, {
    description:
      'OPERATOR: hands the statements of a CLOSED cycle to the partners: it is ADVISED, and due dates and time for disputes begin.',
  })
  issueStatements(
    @Ctx() context: Context,
    @Arg('input', () => CycleRefInput, { description: 'The cycle.' }) input: CycleRefInput,
  ): Promise<CloseCyclePayload> {
    return step(context, 'issueStatements', input, issueStatements);
  }

  @Mutation(() => CloseCyclePayload, {
    description:
      'OPERATOR: an ADVISED cycle is RECONCILED once every statement was accepted or can be disputed no more; it is SETTLED when nothing is left to pay.',
  })
  reconcileCycle(
    @Ctx() context: Context,
    @Arg('input', () => CycleRefInput, { description: 'The cycle.' }) input: CycleRefInput,
  ): Promise<CloseCyclePayload> {
    return step(context, 'reconcileCycle', input, reconcileCycle);
  }
}
