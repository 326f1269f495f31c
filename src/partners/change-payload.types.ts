import { Field, ObjectType } from 'type-graphql';
import type { Outcome } from '../kernel/refusal.ts';
import { toUserError, UserErrorType } from '../platform/graphql/common.types.ts';
import type { Changed } from './change-coalition.ts';

@ObjectType()
export abstract class ChangePayload {
  @Field(() => Boolean, { description: 'Whether this answers a repetition of a request that was done before.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why nothing was changed; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}

/** Says the outcome of a change: the thing, or why there is none. */
export function toPayload<Thing extends object>(
  outcome: Outcome<Changed>,
  say: (changed: Changed) => Thing,
): ChangePayload | (ChangePayload & Thing) {
  if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
  return { ...say(outcome.done), replayed: outcome.done.replayed, userErrors: [] };
}
