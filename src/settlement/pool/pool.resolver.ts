import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { Points } from '../../platform/graphql/scalars.ts';
import { readLotLiabilities, readPools } from './pool.queries.ts';
import { coverageBps, onlyRedemptionElement } from './pool.rules.ts';
import { PoolCoverageType } from './pool.types.ts';

@Resolver(() => PointCurrencyType)
export class PoolResolver {
  @Query(() => [PoolCoverageType], {
    description: 'OPERATOR, PARTNER: for every point currency, how far the pool covers what is outstanding.',
  })
  async poolCoverage(@Ctx() context: Context): Promise<PoolCoverageType[]> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const coalition = await loadCoalition(context);
    return Promise.all(
      coalition.currencies
        .toSorted((a, b) => a.no - b.no)
        .map(async (currency) => {
          const { outstanding, poolMicros } = await context.load(readPools, currency.no);
          const element = onlyRedemptionElement(coalition, currency.code);
          const liabilityMicros = element === undefined ? await context.load(readLotLiabilities, currency.no) : outstanding * element;
          return {
            currency: toPointCurrency(currency),
            outstanding,
            liabilityMicros,
            poolMicros,
            coverageBps: coverageBps(poolMicros, liabilityMicros),
          };
        }),
    );
  }

  @FieldResolver(() => Points, { description: 'Points in the wallets of members, held ones included, pending ones not.' })
  async outstanding(@Ctx() context: Context, @Root() { pointCurrency }: PointCurrencyType): Promise<bigint> {
    return (await context.load(readPools, pointCurrency.no)).outstanding;
  }
}
