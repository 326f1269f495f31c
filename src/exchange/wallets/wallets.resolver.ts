import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { plusDays } from '../../kernel/instant.ts';
import { MemberType } from '../../members/member.types.ts';
import { forbidAfterTermination } from '../../members/member-sight.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { BalanceType, ExpiringPointsType, toBalance } from './balance.types.ts';
import { readExpiring, readWallets } from './wallets.queries.ts';

const SOON_DAYS = 30;

@Resolver(() => MemberType)
export class MemberBalancesResolver {
  @FieldResolver(() => [BalanceType], { description: 'One balance for every point currency of the program, also for those never used.' })
  async balances(@Ctx() context: Context, @Root() member: MemberType): Promise<BalanceType[]> {
    await forbidAfterTermination(context);
    const [{ currencies }, wallets] = await Promise.all([loadCoalition(context), context.load(readWallets, member.member.id)]);
    return currencies
      .toSorted((a, b) => a.no - b.no)
      .map((currency) =>
        toBalance(
          member.member.id,
          currency,
          wallets.find((wallet) => wallet.currencyNo === currency.no),
        ),
      );
  }
}

@Resolver(() => BalanceType)
export class BalanceResolver {
  @FieldResolver(() => [ExpiringPointsType], { description: 'Available points that expire within 30 days, earliest first.' })
  async expiringSoon(@Ctx() context: Context, @Root() balance: BalanceType): Promise<readonly ExpiringPointsType[]> {
    const { program } = await loadCoalition(context);
    const { memberId, currencyNo } = balance;
    return context.load(readExpiring, {
      memberId,
      currencyNo,
      from: context.now,
      until: plusDays(context.now, SOON_DAYS, program.timeZone),
    });
  }
}
