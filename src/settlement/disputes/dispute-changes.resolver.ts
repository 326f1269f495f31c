import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { principalOf, type Viewer } from '../../kernel/viewer.ts';
import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import { type Tx, transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { type Attempt, attemptOf } from '../../platform/idempotency.ts';
import type { ChangeDispute } from './change-dispute.ts';
import type { Dispute } from './dispute.ts';
import { toDispute } from './dispute.types.ts';
import {
  DisputePayload,
  DisputeRefInput,
  OpenDisputeInput,
  ProvideDisputeEvidenceInput,
  RequestDisputeEvidenceInput,
  ResolveDisputeInput,
} from './dispute-inputs.types.ts';
import { escalateDispute } from './escalate-dispute.ts';
import { openDispute } from './open-dispute.ts';
import { provideEvidence } from './provide-evidence.ts';
import { requestEvidence } from './request-evidence.ts';
import { resolveDispute } from './resolve-dispute.ts';
import { reviewDispute } from './review-dispute.ts';
import { withdrawDispute } from './withdraw-dispute.ts';

async function act<R extends 'OPERATOR' | 'PARTNER'>(
  context: Context,
  operation: string,
  input: { readonly idempotencyKey: string },
  role: R,
  work: (tx: Tx, attempt: Attempt, viewer: Extract<Viewer, { role: R }>) => Promise<Outcome<Dispute>>,
): Promise<DisputePayload> {
  const may = mayAct(context.viewer, role);
  if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
  const attempt = attemptOf(principalOf(may.done), operation, input);
  const outcome = await transact(context.db, (tx) => work(tx, attempt, may.done));
  if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
  const { coalition, now } = await readCoalitionOnce(context);
  return { dispute: toDispute(outcome.done, coalition.program.settlementCurrency, now), userErrors: [] };
}

function stepOf(input: DisputeRefInput, attempt: Attempt, viewer: ChangeDispute['viewer']): ChangeDispute {
  return { attempt, viewer, disputeId: parseIdOf('Dispute', input.disputeId) ?? NO_ID, note: input.note ?? undefined };
}

@Resolver()
export class DisputeChangesResolver {
  @Mutation(() => DisputePayload, {
    description: 'PARTNER: disputes a line of its statement, whole or in part, while its time lasts. What is not disputed proceeds.',
  })
  openDispute(
    @Ctx() context: Context,
    @Arg('input', () => OpenDisputeInput, { description: 'What is disputed.' }) input: OpenDisputeInput,
  ): Promise<DisputePayload> {
    const { disputedAmount, reason, entryIds, note } = input;
    return act(context, 'openDispute', input, 'PARTNER', (tx, attempt, { partnerId }) =>
      openDispute(tx, {
        ...{ attempt, partnerId, disputedAmount, reason },
        lineId: parseIdOf('StatementLine', input.statementLineId) ?? NO_ID,
        entryIds: entryIds ?? [],
        note: note ?? undefined,
      }),
    );
  }

  @Mutation(() => DisputePayload, { description: 'OPERATOR: takes an opened dispute.' })
  reviewDispute(
    @Ctx() context: Context,
    @Arg('input', () => DisputeRefInput, { description: 'The dispute.' }) input: DisputeRefInput,
  ): Promise<DisputePayload> {
    return act(context, 'reviewDispute', input, 'OPERATOR', (tx, attempt, viewer) => reviewDispute(tx, stepOf(input, attempt, viewer)));
  }

  @Mutation(() => DisputePayload, {
    description: "OPERATOR: asks the partner for evidence. Until it is given the operator's time for an answer stands still.",
  })
  requestDisputeEvidence(
    @Ctx() context: Context,
    @Arg('input', () => RequestDisputeEvidenceInput, { description: 'What is asked for.' }) input: RequestDisputeEvidenceInput,
  ): Promise<DisputePayload> {
    return act(context, 'requestDisputeEvidence', input, 'OPERATOR', (tx, attempt, viewer) =>
      requestEvidence(tx, stepOf(input, attempt, viewer)),
    );
  }

  @Mutation(() => DisputePayload, { description: 'PARTNER: gives the evidence that it was asked for.' })
  provideDisputeEvidence(
    @Ctx() context: Context,
    @Arg('input', () => ProvideDisputeEvidenceInput, { description: 'The evidence.' }) input: ProvideDisputeEvidenceInput,
  ): Promise<DisputePayload> {
    return act(context, 'provideDisputeEvidence', input, 'PARTNER', (tx, attempt, viewer) =>
      provideEvidence(tx, { ...stepOf(input, attempt, viewer), entryIds: input.entryIds ?? [] }),
    );
  }

  @Mutation(() => DisputePayload, {
    description: 'OPERATOR: decides an open dispute. What is accepted is posted as one adjustment in the open cycle.',
  })
  resolveDispute(
    @Ctx() context: Context,
    @Arg('input', () => ResolveDisputeInput, { description: 'The decision.' }) input: ResolveDisputeInput,
  ): Promise<DisputePayload> {
    const { acceptedAmount } = input;
    return act(context, 'resolveDispute', input, 'OPERATOR', (tx, attempt, viewer) =>
      resolveDispute(tx, { ...stepOf(input, attempt, viewer), acceptedAmount }),
    );
  }

  @Mutation(() => DisputePayload, { description: 'PARTNER: does not accept a rejection: the next stage, of which there are three.' })
  escalateDispute(
    @Ctx() context: Context,
    @Arg('input', () => DisputeRefInput, { description: 'The dispute.' }) input: DisputeRefInput,
  ): Promise<DisputePayload> {
    return act(context, 'escalateDispute', input, 'PARTNER', (tx, attempt, viewer) => escalateDispute(tx, stepOf(input, attempt, viewer)));
  }

  @Mutation(() => DisputePayload, { description: 'PARTNER: takes an open dispute back.' })
  withdrawDispute(
    @Ctx() context: Context,
    @Arg('input', () => DisputeRefInput, { description: 'The dispute.' }) input: DisputeRefInput,
  ): Promise<DisputePayload> {
    return act(context, 'withdrawDispute', input, 'PARTNER', (tx, attempt, viewer) => withdrawDispute(tx, stepOf(input, attempt, viewer)));
  }
}
