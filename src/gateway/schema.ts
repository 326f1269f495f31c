import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { AccrualResolver } from '../exchange/accrual/accrual.resolver.ts';
import { MemberActivityResolver } from '../exchange/activity/activity.resolver.ts';
import {
  AccrualActivityResolver,
  ExchangeActivityResolver,
  RedemptionActivityResolver,
  TransferActivityResolver,
} from '../exchange/activity/activity-details.resolver.ts';
import { ClaimResolver, MemberClaimsResolver } from '../exchange/claims/claim.resolver.ts';
import { ExchangeResolver } from '../exchange/conversion/exchange.resolver.ts';
import { AccruePayloadExposureResolver, PartnerExposureResolver } from '../exchange/exposure/exposure.resolver.ts';
import { PartnerPointBlocksResolver, PointBlockResolver } from '../exchange/funding/point-block.resolver.ts';
import { LotOriginResolver, LotResolver, MemberLotsResolver } from '../exchange/lineage/lot.resolver.ts';
import { LiveBalancesResolver } from '../exchange/live/live.resolver.ts';
import { MemberApprovalResolver } from '../exchange/redemption/approval.resolver.ts';
import { ApprovalFeedResolver } from '../exchange/redemption/approval-feed.resolver.ts';
import { DonationResolver } from '../exchange/redemption/donation.resolver.ts';
import { LotAllocationResolver, RedemptionResolver } from '../exchange/redemption/redemption.resolver.ts';
import {
  EntitlementResolver,
  MemberEntitlementsResolver,
  RedemptionEntitlementResolver,
} from '../exchange/rewards/entitlement.resolver.ts';
import { PartnerRewardsResolver, ProgramRewardsResolver, RewardResolver } from '../exchange/rewards/reward.resolver.ts';
import { SaleResolver } from '../exchange/sales/sale.resolver.ts';
import { ContractMilestonesResolver } from '../exchange/termination/milestones.resolver.ts';
import { MemberVouchersResolver } from '../exchange/termination/voucher.resolver.ts';
import { TransferResolver } from '../exchange/transfer/transfer.resolver.ts';
import { BalanceResolver, MemberBalancesResolver } from '../exchange/wallets/wallets.resolver.ts';
import { MemberResolver } from '../members/member.resolver.ts';
import { MemberChangesResolver } from '../members/member-changes.resolver.ts';
import { MemberGroupsResolver } from '../members/member-groups.resolver.ts';
import { RedemptionTokenResolver } from '../members/redemption-token.resolver.ts';
import { MemberUpcomingChangesResolver } from '../members/upcoming-changes.resolver.ts';
import { PaymentTermsResolver } from '../partners/contracts/clauses/payment-terms/payment-terms.resolver.ts';
import { ContractResolver } from '../partners/contracts/contract.resolver.ts';
import { ContractChangesResolver } from '../partners/contracts/contract-changes.resolver.ts';
import { ContractFeedResolver } from '../partners/contracts/contract-feed.resolver.ts';
import { ContractVersionResolver } from '../partners/contracts/contract-version.resolver.ts';
import { PointCurrencyResolver } from '../partners/currencies/point-currency.resolver.ts';
import { EarnRuleResolver } from '../partners/earn-rules/earn-rule.resolver.ts';
import { PartnerResolver } from '../partners/partner.resolver.ts';
import { ApprovalPolicyResolver } from '../partners/program/approval-policy.resolver.ts';
import { ProgramResolver } from '../partners/program/program.resolver.ts';
import { TransferPolicyResolver } from '../partners/program/transfer-policy.resolver.ts';
import { PublishedTermsResolver } from '../partners/rates/published-terms.resolver.ts';
import { UpcomingChangesResolver } from '../partners/rates/upcoming-changes.resolver.ts';
import { AdjustmentResolver } from '../settlement/adjustments/adjustment.resolver.ts';
import { BankStatementResolver } from '../settlement/bank-statements/bank-statement.resolver.ts';
import { CycleChangesResolver } from '../settlement/cycles/cycle-changes.resolver.ts';
import { CycleFeedResolver } from '../settlement/cycles/cycle-feed.resolver.ts';
import { CyclesResolver } from '../settlement/cycles/cycles.resolver.ts';
import { DisputeChangesResolver } from '../settlement/disputes/dispute-changes.resolver.ts';
import { DisputeFeedResolver } from '../settlement/disputes/dispute-feed.resolver.ts';
import { DisputePolicyResolver } from '../settlement/disputes/dispute-policy.resolver.ts';
import { DisputeQueueResolver } from '../settlement/disputes/dispute-queue.resolver.ts';
import {
  CycleDisputesResolver,
  DisputedInstructionResolver,
  DisputeResolver,
  DisputeStepResolver,
  LineDisputesResolver,
  StatementDisputesResolver,
} from '../settlement/disputes/disputes.resolver.ts';
import { DrillDownResolver } from '../settlement/drill-down/drill-down.resolver.ts';
import { ExportsResolver } from '../settlement/exports/exports.resolver.ts';
import { JobResolver } from '../settlement/jobs/job.resolver.ts';
import { CyclePositionsResolver } from '../settlement/net-position/cycle-positions.resolver.ts';
import { NetPositionResolver } from '../settlement/net-position/net-position.resolver.ts';
import { NetPositionFeedResolver } from '../settlement/net-position/net-position-feed.resolver.ts';
import { CycleNettingResolver } from '../settlement/netting/cycle-netting.resolver.ts';
import { FundingLimitResolver, NettingPairResolver } from '../settlement/netting/netting.resolver.ts';
import { CycleInstructionsResolver, PaymentResolver, StatementInstructionResolver } from '../settlement/payments/payment.resolver.ts';
import { SettlementPolicyResolver } from '../settlement/payments/settlement-policy.resolver.ts';
import { PoolResolver } from '../settlement/pool/pool.resolver.ts';
import { EntryProofResolver } from '../settlement/proof/entry-proof.resolver.ts';
import { LedgerVerificationResolver } from '../settlement/proof/ledger-verification.resolver.ts';
import { StatementFileResolver } from '../settlement/proof/statement-file.resolver.ts';
import { BreakResolver, ReconciliationBreaksResolver } from '../settlement/reconciliation/breaks/break.resolver.ts';
import {
  PartnerReconciliationsResolver,
  ReconciliationResolver,
  ReconciliationRowResolver,
} from '../settlement/reconciliation/reconciliation.resolver.ts';
import { CostBenefitResolver } from '../settlement/reports/cost-benefit.resolver.ts';
import { CycleHistoryResolver } from '../settlement/reports/cycle-history.resolver.ts';
import { FlowResolver } from '../settlement/reports/flow.resolver.ts';
import { KpisResolver } from '../settlement/reports/kpis.resolver.ts';
import { LiabilityAgeingResolver } from '../settlement/reports/liability-ageing.resolver.ts';
import { RedemptionCostResolver } from '../settlement/reports/redemption-cost.resolver.ts';
import { ScorecardResolver } from '../settlement/reports/scorecard.resolver.ts';
import { CycleStatementsResolver, PartnerStatementsResolver, StatementResolver } from '../settlement/statements/statement.resolver.ts';
import { SimulationResolver } from '../settlement/what-if/simulation.resolver.ts';
import { callResolvers } from './call-resolvers.ts';
import { NodeResolver } from './node.resolver.ts';
import { readPlainFields } from './plain-fields.ts';
import { closeToAnonymous } from './root-rights.ts';
import { resolveTypesAtOnce } from './runtime-types.ts';
import { sayDefaults } from './said-defaults.ts';

/** A class of resolvers. */
export type ResolverClass = new (...args: never[]) => object;

export type Domains = Readonly<Record<string, readonly ResolverClass[]>>;

/** The resolvers of each domain; each domain is one subgraph of the federation. `node` reaches all of them from the first. */
export const DOMAINS = {
  partners: [
    NodeResolver,
    ProgramResolver,
    TransferPolicyResolver,
    ApprovalPolicyResolver,
    PartnerResolver,
    PointCurrencyResolver,
    ContractResolver,
    ContractChangesResolver,
    ContractVersionResolver,
    ContractFeedResolver,
    EarnRuleResolver,
    PublishedTermsResolver,
    UpcomingChangesResolver,
    PaymentTermsResolver,
  ],
  members: [MemberResolver, MemberChangesResolver, MemberGroupsResolver, MemberUpcomingChangesResolver, RedemptionTokenResolver],
  exchange: [
    AccrualResolver,
    RedemptionResolver,
    ApprovalFeedResolver,
    LotAllocationResolver,
    MemberApprovalResolver,
    DonationResolver,
    RewardResolver,
    PartnerRewardsResolver,
    ProgramRewardsResolver,
    EntitlementResolver,
    RedemptionEntitlementResolver,
    MemberEntitlementsResolver,
    TransferResolver,
    LotResolver,
    LotOriginResolver,
    MemberLotsResolver,
    ExchangeResolver,
    MemberBalancesResolver,
    BalanceResolver,
    MemberActivityResolver,
    AccrualActivityResolver,
    RedemptionActivityResolver,
    ExchangeActivityResolver,
    TransferActivityResolver,
    PartnerExposureResolver,
    AccruePayloadExposureResolver,
    PointBlockResolver,
    PartnerPointBlocksResolver,
    LiveBalancesResolver,
    SaleResolver,
    ClaimResolver,
    MemberClaimsResolver,
    MemberVouchersResolver,
    ContractMilestonesResolver,
  ],
  settlement: [
    JobResolver,
    CyclesResolver,
    CycleChangesResolver,
    CycleFeedResolver,
    NetPositionFeedResolver,
    CyclePositionsResolver,
    CycleStatementsResolver,
    CycleInstructionsResolver,
    NetPositionResolver,
    StatementResolver,
    StatementInstructionResolver,
    PartnerStatementsResolver,
    PaymentResolver,
    SettlementPolicyResolver,
    BankStatementResolver,
    NettingPairResolver,
    FundingLimitResolver,
    CycleNettingResolver,
    PoolResolver,
    AdjustmentResolver,
    DisputeResolver,
    DisputeStepResolver,
    DisputeChangesResolver,
    DisputeQueueResolver,
    DisputeFeedResolver,
    DisputePolicyResolver,
    StatementDisputesResolver,
    LineDisputesResolver,
    DisputedInstructionResolver,
    CycleDisputesResolver,
    LedgerVerificationResolver,
    EntryProofResolver,
    StatementFileResolver,
    DrillDownResolver,
    CycleHistoryResolver,
    RedemptionCostResolver,
    FlowResolver,
    LiabilityAgeingResolver,
    ScorecardResolver,
    KpisResolver,
    CostBenefitResolver,
    SimulationResolver,
    ExportsResolver,
    ReconciliationResolver,
    ReconciliationRowResolver,
    ReconciliationBreaksResolver,
    PartnerReconciliationsResolver,
    BreakResolver,
  ],
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
  return sayDefaults(
    closeToAnonymous(
      callResolvers(resolveTypesAtOnce(readPlainFields(buildSchemaSync({ resolvers, pubSub: NO_TOPICS, validate: false })))),
    ),
  );
}

/** The public schema as a document: sorted, with every description. */
export function printGatewaySchema(schema: GraphQLSchema = buildGatewaySchema()): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
