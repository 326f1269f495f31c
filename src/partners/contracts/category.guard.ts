import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Partner } from '../partner.ts';
import { type Candidate, contractsWith, type Guard } from './candidate.rules.ts';
import { clausesOf } from './clause.ts';
import { conflicts } from './clauses/exclusivity/exclusivity.rules.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';
import { burnsUntil } from './timeline.rules.ts';

/** A partner may be promised to be the only one of a category: whichever version comes second, the promise or the rival's, is refused. */
export const refuseTakenCategory: Guard = (candidate) => {
  const { coalition, partner, version } = candidate;
  const end = endOf(candidate);
  const beside = coalition.contracts
    .filter(({ partnerId }) => partnerId !== partner.id)
    .flatMap((contract) =>
      contract.versions
        .filter((one) => isInForceWithin(contract, one, version.effectiveFrom, end))
        .map((one) => ({ contract, version: one })),
    );
  for (const { contract, version: other } of beside) {
    const rival = coalition.partnerById(contract.partnerId);
    const promised = clausesOf(version.clauses, 'exclusivity').find(({ category }) => conflicts(category, rival.category));
    if (promised !== undefined) return taken(rival, promised.category, `${rival.code} is of the category ${promised.category} already.`);
    const held = clausesOf(other.clauses, 'exclusivity').find(({ category }) => conflicts(category, partner.category));
    if (held !== undefined) return taken(rival, held.category, `${rival.code} holds the exclusivity of the category ${held.category}.`);
  }
  return done(undefined);
};

/** When the version will be out of everybody's way, with its run-off, once it is signed. */
function endOf(candidate: Candidate): Date | undefined {
  const { contract, version } = candidate;
  const own = contractsWith(candidate).find(({ id }) => id === (contract?.id ?? ''));
  const signed = own?.versions.find(({ number }) => number === version.number);
  return own && signed && burnsUntil(own, signed);
}

/** Whether a version stands at some instant from one to another. A partner that leaves is in nobody's way from burnEnd on. */
function isInForceWithin(contract: Contract, version: ContractVersion, from: Date, until: Date | undefined): boolean {
  if (version.operatorSignedAt === undefined || version.effectiveUntil?.getTime() === version.effectiveFrom.getTime()) return false;
  const ends = [burnsUntil(contract, version), until].map((end) => end?.getTime() ?? Number.POSITIVE_INFINITY);
  return Math.max(version.effectiveFrom.getTime(), from.getTime()) < Math.min(...ends);
}

function taken(rival: Partner, category: string, message: string): Outcome<never> {
  return refused('CATEGORY_EXCLUSIVE', message, { details: { partner: rival.code, category } });
}
