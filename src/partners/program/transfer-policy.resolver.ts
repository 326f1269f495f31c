import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { changeCoalition } from '../change-coalition.ts';
import { toPayload } from '../change-payload.types.ts';
import { ProgramType, toProgram } from './program.types.ts';
import { setTransferPolicy } from './set-transfer-policy.ts';
import { SetTransferPolicyInput, SetTransferPolicyPayload, TransferPolicyType } from './transfer-policy.types.ts';

@Resolver(() => ProgramType)
export class TransferPolicyResolver {
  @FieldResolver(() => TransferPolicyType, { description: 'What members may give to one another.' })
  memberTransfers(@Root() { program }: ProgramType): TransferPolicyType {
    return program.memberTransfers;
  }

  @Mutation(() => SetTransferPolicyPayload, { description: 'OPERATOR: says what members may give to one another; at first nothing.' })
  async setTransferPolicy(
    @Ctx() context: Context,
    @Arg('input', () => SetTransferPolicyInput, { description: 'The policy as a whole.' }) input: SetTransferPolicyInput,
  ): Promise<SetTransferPolicyPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'setTransferPolicy',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => setTransferPolicy(tx, input, moment),
    });
    return toPayload(outcome, ({ coalition }) => ({ program: toProgram(coalition.program) }));
  }
}
