import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { changesBetween } from './changes.rules.ts';
import { ContractVersionType } from './contract-version.types.ts';
import { ContractChangeType, ContractSignatureType, toSignatures } from './contract-version-details.types.ts';
import { versionsSeenBy } from './slice-versions.ts';

@Resolver(() => ContractVersionType)
export class ContractVersionResolver {
  @FieldResolver(() => [ContractSignatureType], { description: "Who has signed it: the partner's first, then the operator's." })
  signatures(@Root() { version }: ContractVersionType): ContractSignatureType[] {
    return toSignatures(version);
  }

  @FieldResolver(() => [ContractChangeType], { description: 'What it changes in an earlier version, in a fixed order.' })
  changes(
    @Ctx() { viewer }: Context,
    @Root() { contract, version }: ContractVersionType,
    @Arg('since', () => Int, { nullable: true, description: 'Number of the earlier version; the one before when left out.' }) since?:
      | number
      | null,
  ): ContractChangeType[] {
    const earlier = versionsSeenBy(contract, viewer).filter(({ number }) => number < version.number);
    if (typeof since !== 'number') return changesBetween(earlier.at(-1), version);
    const before = earlier.find(({ number }) => number === since);
    if (before === undefined) throw badInput(`\`since\` names no version before ${version.number}.`);
    return changesBetween(before, version);
  }
}
