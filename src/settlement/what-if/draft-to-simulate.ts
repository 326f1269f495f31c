import { parseIdOf } from '../../kernel/ids.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { actsForPartner, type Viewer } from '../../kernel/viewer.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Clause } from '../../partners/contracts/clause.ts';
import type { ProposedClause } from '../../partners/contracts/clauses/read-clauses.rules.ts';
import type { Contract } from '../../partners/contracts/contract.rules.ts';
import { readTerms } from '../../partners/contracts/read-terms.rules.ts';
import { isShownTo, versionsSeenBy } from '../../partners/contracts/slice-versions.ts';

/** A contract and what is to be tried in it: a version that it has, or clauses. */
export interface WantedDraft {
  readonly contractId: string;
  readonly version: number | undefined;
  readonly clauses: readonly ProposedClause[] | undefined;
}

/** What a cycle is drawn by instead of what was in force. */
export interface DraftToSimulate {
  readonly contract: Contract;
  readonly clauses: readonly Clause[];
}

/**
 * The clauses that a viewer wants to try, checked as at a proposal. A partner tries what was proposed to it: by clauses of its own making, such as
 * a part in a budget of others, it could learn what others do.
 */
export function draftToSimulate(coalition: Coalition, viewer: Viewer, wanted: WantedDraft, since: Date): Outcome<DraftToSimulate> {
  const id = parseIdOf('Contract', wanted.contractId);
  const contract = coalition.contracts.find((one) => one.id === id);
  if (contract === undefined || !actsForPartner(viewer, contract.partnerId) || !isShownTo(contract, viewer))
    return invalid('contractId', 'There is no such contract.');
  const { version: number, clauses } = wanted;
  if ((number === undefined) === (clauses === undefined)) return invalid('version', 'Either version or clauses is given.');
  if (clauses === undefined) {
    const version = versionsSeenBy(contract, viewer).find((one) => one.number === number);
    return version === undefined
      ? invalid('version', `The contract has no version ${number}.`)
      : done({ contract, clauses: version.clauses });
  }
  if (viewer.role !== 'OPERATOR')
    return refused('FORBIDDEN', 'A partner simulates versions that were proposed to it.', { field: ['clauses'] });
  const terms = readTerms({ effectiveFrom: since, clauses }, coalition, coalition.partnerById(contract.partnerId));
  return 'refused' in terms ? terms : done({ contract, clauses: terms.done.clauses });
}
