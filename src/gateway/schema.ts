import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { AccrualResolver } from '../exchange/accrual/accrual.resolver.ts';
import { MemberActivityResolver } from '../exchange/activity/activity.resolver.ts';
import { AccrualActivityResolver, RedemptionActivityResolver } from '../exchange/activity/activity-details.resolver.ts';
import { AccruePayloadExposureResolver, PartnerExposureResolver } from '../exchange/exposure/exposure.resolver.ts';
import { JobResolver } from '../exchange/jobs/job.resolver.ts';
import { LiveBalancesResolver } from '../exchange/live/live.resolver.ts';
import { LotAllocationResolver, RedemptionResolver } from '../exchange/redemption/redemption.resolver.ts';
import { BalanceResolver, MemberBalancesResolver } from '../exchange/wallets/wallets.resolver.ts';
import { MemberResolver } from '../members/member.resolver.ts';
import { MemberChangesResolver } from '../members/member-changes.resolver.ts';
import { ContractResolver } from '../partners/contracts/contract.resolver.ts';
import { PointCurrencyResolver } from '../partners/currencies/point-currency.resolver.ts';
import { EarnRuleResolver } from '../partners/earn-rules/earn-rule.resolver.ts';
import { PartnerResolver } from '../partners/partner.resolver.ts';
import { ProgramResolver } from '../partners/program/program.resolver.ts';
import { CyclesResolver } from '../settlement/cycles/cycles.resolver.ts';
import { NetPositionResolver } from '../settlement/net-position/net-position.resolver.ts';
import { PoolResolver } from '../settlement/pool/pool.resolver.ts';
import { NodeResolver } from './node.resolver.ts';
import { closeToAnonymous } from './root-rights.ts';
import { sayDefaults } from './said-defaults.ts';

/** A class of resolvers. */
export type ResolverClass = new (...args: never[]) => object;

export type Domains = Readonly<Record<string, readonly ResolverClass[]>>;

/** The resolvers of each domain; each domain is one subgraph of the federation. `node` reaches all of them from the first. */
export const DOMAINS = {
  partners: [NodeResolver, ProgramResolver, PartnerResolver, PointCurrencyResolver, ContractResolver, EarnRuleResolver],
  members: [MemberResolver, MemberChangesResolver],
  exchange: [
    AccrualResolver,
    RedemptionResolver,
    LotAllocationResolver,
    MemberBalancesResolver,
    BalanceResolver,
    MemberActivityResolver,
    AccrualActivityResolver,
    RedemptionActivityResolver,
    PartnerExposureResolver,
    AccruePayloadExposureResolver,
    LiveBalancesResolver,
    JobResolver,
  ],
  settlement: [CyclesResolver, NetPositionResolver, PoolResolver],
} as const satisfies Domains;

/** Subscriptions bring their own source of events; topics in memory would reach the sockets of one process only. */
const NO_TOPICS: PubSub = {
  publish: () => refuseTopics(),
  subscribe: () => refuseTopics(),
};

function refuseTopics(): never {
  throw new Error('a subscription names its source with `subscribe`, not a topic');
}

/** The whole public schema. */
export function buildGatewaySchema(domains: Domains = DOMAINS): GraphQLSchema {
  const [first, ...others] = Object.values(domains).flat();
  if (first === undefined) throw new Error('there is no resolver');
  const resolvers: NonEmptyArray<ResolverClass> = [first, ...others];
  return sayDefaults(closeToAnonymous(buildSchemaSync({ resolvers, pubSub: NO_TOPICS, validate: false })));
}

/** The public schema as a document: sorted, with every description. */
export function printGatewaySchema(schema: GraphQLSchema = buildGatewaySchema()): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
