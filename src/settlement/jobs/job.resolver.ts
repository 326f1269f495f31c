import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { principalOf } from '../../kernel/viewer.ts';
import { toUserError, UserErrorType } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { type JobName, runJob } from './run-job.ts';

const JobNameEnum = enumType<JobName>('JobName', 'Work that is due at some instant.', {
  EXPIRE_LOTS: 'Takes points out of wallets whose expiry has passed.',
  EXPIRE_HOLDS: 'Gives held points back whose time has passed, also those that await an approval.',
  CONFIRM_PENDING: 'Confirms pending accruals whose period has passed.',
  DELETE_QUOTES:
    'Deletes quotes of exchanges that ended more than 7 days before without being executed, and redemption tokens that ended so long before.',
  SETTLE_TERMINATIONS: 'Does what the end of contracts brings with it: deposits, and what becomes of outstanding points.',
  CHECK_CLAIMS: 'Notes claims that were not decided in time.',
  SETTLE_DISPUTES: 'Accepts disputes that the operator left unanswered, where the policy says so.',
  AGE_PAYMENTS:
    'Makes payments overdue whose due date has passed, and after the days of the policy defaulted: then the contract is suspended.',
});

@InputType('RunJobInput', { description: 'A job to run.' })
class RunJobInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => JobNameEnum, { description: 'Which job.' })
  readonly name!: JobName;

  @Field(() => DateTime, { description: "The instant up to which things are due; outside the sandbox not later than the program's clock." })
  readonly asOf!: Date;
}

@ObjectType('JobRun', { description: 'What one run of a job did.' })
class JobRunType {
  @Field(() => JobNameEnum, { description: 'The job.' })
  readonly name!: JobName;

  @Field(() => DateTime, { description: 'The instant up to which things were due.' })
  readonly asOf!: Date;

  @Field(() => Int, { description: 'How many lots, holds, accruals, deposits, claims, quotes or tokens it changed.' })
  readonly affected!: number;

  @Field(() => Int, {
    description: 'How many wallets it left as they were, since they could not be changed; the others were not kept from it.',
  })
  readonly left!: number;
}

@ObjectType('RunJobPayload', { description: 'What became of a job.' })
class RunJobPayload {
  @Field(() => JobRunType, { nullable: true, description: 'The run; null when it was refused.' })
  readonly run?: JobRunType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused.' })
  readonly userErrors!: readonly UserErrorType[];
}

@Resolver()
export class JobResolver {
  @Mutation(() => RunJobPayload, {
    description: 'OPERATOR: runs a job now, as of an instant. Running it twice does nothing the second time.',
  })
  async runJob(
    @Ctx() context: Context,
    @Arg('input', () => RunJobInput, { description: 'The job.' }) input: RunJobInput,
  ): Promise<RunJobPayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const outcome = await runJob(context.db, attemptOf(principalOf(may.done), 'runJob', input), input.name, input.asOf, context.sandbox);
    return 'refused' in outcome ? { userErrors: [toUserError(outcome.refused)] } : { run: outcome.done, userErrors: [] };
  }
}
