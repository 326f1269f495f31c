import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { changeCoalition } from '../change-coalition.ts';
import { toPayload } from '../change-payload.types.ts';
import { ApprovalPolicyType, SetApprovalPolicyInput, SetApprovalPolicyPayload } from './approval-policy.types.ts';
import { ProgramType, toProgram } from './program.types.ts';
import { setApprovalPolicy } from './set-approval-policy.ts';

@Resolver(() => ProgramType)
export class ApprovalPolicyResolver {
  @FieldResolver(() => ApprovalPolicyType, { description: "Which holds wait for the member's approval." })
  memberApproval(@Root() { program }: ProgramType): ApprovalPolicyType {
    return program.memberApproval;
  }

  @Mutation(() => SetApprovalPolicyPayload, {
    description: 'OPERATOR: says from how many points on a hold waits for the member, from now on; at first none does.',
  })
  async setApprovalPolicy(
    @Ctx() context: Context,
    @Arg('input', () => SetApprovalPolicyInput, { description: 'The policy as a whole.' }) input: SetApprovalPolicyInput,
  ): Promise<SetApprovalPolicyPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'setApprovalPolicy',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => setApprovalPolicy(tx, input, moment),
    });
    return toPayload(outcome, ({ coalition }) => ({ program: toProgram(coalition.program) }));
  }
}
