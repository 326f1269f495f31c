import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { type Changed, changeCoalition } from '../change-coalition.ts';
import { toPayload } from '../change-payload.types.ts';
import { loadCoalition } from '../load-coalition.ts';
import { PartnerType, toPartner } from '../partner.types.ts';
import { versionInForce } from './contract.rules.ts';
import {
  ContractPayload,
  ContractType,
  ContractVersionConnection,
  ContractVersionType,
  GiveContractNoticeInput,
  ProposeContractInput,
  SignContractInput,
  toContract,
  toContractVersion,
} from './contract.types.ts';
import { giveNotice } from './give-notice.ts';
import { proposeContract } from './propose-contract.ts';
import { signContract } from './sign-contract.ts';
import { sliceVersions } from './slice-versions.ts';

@Resolver(() => ContractType)
export class ContractResolver {
  @FieldResolver(() => PartnerType, { description: 'The partner with whom it is made.' })
  async partner(@Ctx() context: Context, @Root() { contract }: ContractType): Promise<PartnerType> {
    return toPartner((await loadCoalition(context)).partnerById(contract.partnerId));
  }

  @FieldResolver(() => ContractVersionType, { nullable: true, description: 'The version in force at an instant.' })
  activeVersion(
    @Root() { contract, readAt }: ContractType,
    @Arg('at', () => DateTime, { nullable: true, description: 'The instant; now when left out.' }) at?: Date | null,
  ): ContractVersionType | undefined {
    const version = versionInForce(contract, at ?? readAt);
    return version && toContractVersion(version);
  }

  @FieldResolver(() => ContractVersionConnection, { description: 'All versions, newest first.' })
  versions(@Root() { contract }: ContractType, @Args(() => PageArgs) page: PageArgs): Connection<ContractVersionType> {
    const slice = readPage(page, 1);
    return toConnection(toPage(sliceVersions(contract, slice), slice.size, slice), toContractVersion, ({ number }) => [number]);
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR: proposes terms to a partner: the first open its contract, later ones are new versions of it.',
  })
  async proposeContract(
    @Ctx() context: Context,
    @Arg('input', () => ProposeContractInput, { description: 'The terms.' }) input: ProposeContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'proposeContract',
        input,
        roles: ['OPERATOR'],
        work: (tx, moment) => proposeContract(tx, input, moment),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'PARTNER (own), then OPERATOR: signs a version. Signed by both it comes into force and ends the one before.',
  })
  async signContract(
    @Ctx() context: Context,
    @Arg('input', () => SignContractInput, { description: 'What is signed.' }) input: SignContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'signContract',
        input,
        roles: ['OPERATOR', 'PARTNER'],
        work: (tx, moment, viewer) => signContract(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, { description: 'OPERATOR, PARTNER (own): gives notice as the termination clause says.' })
  async giveContractNotice(
    @Ctx() context: Context,
    @Arg('input', () => GiveContractNoticeInput, { description: 'The contract.' }) input: GiveContractNoticeInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'giveContractNotice',
        input,
        roles: ['OPERATOR', 'PARTNER'],
        work: (tx, moment, viewer) => giveNotice(tx, input, moment, viewer),
      }),
    );
  }
}

function answer(outcome: Outcome<Changed>): ContractPayload {
  return toPayload(outcome, ({ id, coalition, now }) => ({ contract: toContract(coalition.contractById(id), now) }));
}
