import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { withCoalition } from '../load-coalition.ts';
import { PartnerType, toPartner } from '../partner.types.ts';
import { versionInForce } from './contract.rules.ts';
import { ContractType } from './contract.types.ts';
import { ContractEventConnection, type ContractEventType, toContractEvent } from './contract-event.types.ts';
import { readContractEvents } from './contract-events.queries.ts';
import { ContractVersionConnection, ContractVersionType, toContractVersion } from './contract-version.types.ts';
import { ContractSignatureType, toSignatures } from './contract-version-details.types.ts';
import { sliceVersions, versionsSeenBy } from './slice-versions.ts';

@Resolver(() => ContractType)
export class ContractResolver {
  @FieldResolver(() => PartnerType, { description: 'The partner with whom it is made.' })
  partner(@Ctx() context: Context, @Root() { contract }: ContractType): PartnerType | Promise<PartnerType> {
    return withCoalition(context, (coalition) => toPartner(coalition.partnerById(contract.partnerId)));
  }

  @FieldResolver(() => ContractVersionType, { nullable: true, description: 'The version in force at an instant.' })
  activeVersion(
    @Root() { contract, readAt }: ContractType,
    @Arg('at', () => DateTime, { nullable: true, description: 'The instant; now when left out.' }) at?: Date | null,
  ): ContractVersionType | undefined {
    const version = versionInForce(contract, at ?? readAt);
    return version && toContractVersion(contract, version, readAt);
  }

  @FieldResolver(() => ContractVersionConnection, { description: 'All versions, newest first; drafts only for the operator.' })
  versions(
    @Ctx() { viewer }: Context,
    @Root() { contract, readAt }: ContractType,
    @Args(() => PageArgs) page: PageArgs,
  ): Connection<ContractVersionType> {
    const slice = readPage(page, 1);
    return toConnection(
      toPage(sliceVersions(versionsSeenBy(contract, viewer), slice), slice.size, slice),
      (version) => toContractVersion(contract, version, readAt),
      ({ number }) => [number],
    );
  }

  @FieldResolver(() => [ContractSignatureType], { description: 'Who has signed the version that was proposed last.' })
  signatures(@Root() { contract }: ContractType): ContractSignatureType[] {
    const latest = contract.versions.findLast(({ proposedAt }) => proposedAt !== undefined);
    return latest === undefined ? [] : toSignatures(latest);
  }

  @FieldResolver(() => ContractEventConnection, {
    description: 'What operator and partner did, newest first; steps of drafts only for the operator.',
  })
  async events(
    @Ctx() context: Context,
    @Root() { contract }: ContractType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<ContractEventType>> {
    const slice = readPage(page, 1);
    const events = await context.load(readContractEvents, {
      contractId: contract.id,
      size: slice.size,
      below: placeOf(slice.after),
      above: placeOf(slice.before),
      backwards: slice.backwards,
      withDrafts: context.viewer.role === 'OPERATOR',
    });
    return toConnection(toPage(events, slice.size, slice), toContractEvent, ({ no }) => [Number(no)]);
  }
}

function placeOf(cursor: readonly (string | number)[] | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const place = Number(cursor[0]);
  if (!Number.isSafeInteger(place)) throw badInput('The cursor is not one of this list.');
  return place;
}
