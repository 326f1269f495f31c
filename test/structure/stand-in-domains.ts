import 'reflect-metadata';
import { Arg, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { NodeResolver } from '../../src/gateway/node.resolver.ts';
import { MoneyType, NodeType } from '../../src/platform/graphql/common.types.ts';
import { connectionOf } from '../../src/platform/graphql/connection.ts';

/** Two domains in small: the later one adds to a type of the earlier one. */

@ObjectType('Brand', { implements: NodeType, description: 'A brand.' })
class BrandType extends NodeType {
  @Field(() => String, { description: 'Name.' })
  readonly name!: string;

  @Field(() => MoneyType, { description: 'A value that both domains know.' })
  readonly price!: MoneyType;
}

@ObjectType('Wage', { implements: NodeType, description: 'A wage.' })
class WageType extends NodeType {
  @Field(() => MoneyType, { description: 'How much.' })
  readonly amount!: MoneyType;
}

const WageConnection = connectionOf<WageType>('Wage', () => WageType);

const money = { minor: 100n, currency: 'CNY' };

@Resolver(() => BrandType)
export class BrandResolver {
  @Query(() => BrandType, { nullable: true, description: 'OPERATOR: a brand.' })
  brand(): object {
    return { id: `ptr_${'1'.repeat(32)}`, name: 'Brand', price: money };
  }
}

@Resolver(() => BrandType)
export class BrandWagesResolver {
  @Query(() => Int, { description: 'OPERATOR: how many wages.' })
  wageCount(): number {
    return 1;
  }

  @FieldResolver(() => WageConnection, { description: 'What it pays.' })
  wages(@Root() brand: { id: string }, @Arg('first', () => Int, { nullable: true, description: 'How many.' }) _first?: number): object {
    return {
      edges: [{ cursor: 'c', node: { id: `acc_${brand.id.slice(4)}`, amount: money } }],
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
    };
  }
}

export const STAND_IN_DOMAINS = { brands: [NodeResolver, BrandResolver], wages: [BrandWagesResolver] } as const;
