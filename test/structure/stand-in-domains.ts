import 'reflect-metadata';
import { Arg, Field, FieldResolver, ID, Int, InterfaceType, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { MoneyType } from '../../src/platform/graphql/common.types.ts';
import { connectionOf } from '../../src/platform/graphql/connection.ts';

/** Two domains in small: the later one adds to a type of the earlier one. */

/** Not the house's own: whatever implements that one is part of every schema that is built in this process. */
@InterfaceType('Node', { description: 'A node.', autoRegisterImplementations: true, resolveType: () => 'Brand' })
abstract class StandInNodeType {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;
}

@Resolver()
class StandInNodeResolver {
  @Query(() => StandInNodeType, { nullable: true, description: 'OPERATOR: any object by its id.' })
  node(@Arg('id', () => ID, { description: 'Its id.' }) id: string): object {
    return { id };
  }
}

@ObjectType('Brand', { implements: StandInNodeType, description: 'A brand.' })
class BrandType extends StandInNodeType {
  @Field(() => String, { description: 'Name.' })
  readonly name!: string;

  @Field(() => MoneyType, { description: 'A value that both domains know.' })
  readonly price!: MoneyType;
}

@ObjectType('Wage', { implements: StandInNodeType, description: 'A wage.' })
class WageType extends StandInNodeType {
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

export const STAND_IN_DOMAINS = { brands: [StandInNodeResolver, BrandResolver], wages: [BrandWagesResolver] } as const;
