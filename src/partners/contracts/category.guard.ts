import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Partner } from '../partner.ts';
import type { Guard } from './candidate.rules.ts';
import { clausesOf } from './clause.ts';
import { conflicts } from './clauses/exclusivity/exclusivity.rules.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';

/** A partner may be promised to be the only one of a category: whichever version comes second, the promise or the rival's, is refused. */
export const refuseTakenCategory: Guard = ({ coalition, partner, version }) => {
  const beside = coalition.contracts
    .filter(({ partnerId }) => partnerId !== partner.id)
    .flatMap((contract) =>
      contract.versions.filter((one) => isInForceBeside(contract, one, version)).map((one) => ({ contract, version: one })),
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

/** Whether both are in force at some instant. A partner that leaves is in nobody's way from burnEnd on. */
function isInForceBeside({ burnEnd, noticeGivenAt }: Contract, other: ContractVersion, version: ContractVersion): boolean {
  if (other.operatorSignedAt === undefined) return false;
  const ends = [other.effectiveUntil, noticeGivenAt && burnEnd].filter((end) => end !== undefined).map((end) => end.getTime());
  const from = Math.max(other.effectiveFrom.getTime(), version.effectiveFrom.getTime());
  return from < Math.min(...ends, version.effectiveUntil?.getTime() ?? Number.POSITIVE_INFINITY);
}

function taken(rival: Partner, category: string, message: string): Outcome<never> {
  return refused('CATEGORY_EXCLUSIVE', message, { details: { partner: rival.code, category } });
}
