import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { addVersion, contractToAmend, versionOf } from './add-version.ts';
import { refuseCandidate } from './guards.ts';
import { readOpenCycleStart } from './open-cycle.queries.ts';
import { refuseBeforePredecessor } from './predecessor.rules.ts';
import { readTerms, type WrittenTerms } from './read-terms.rules.ts';
import { recordEvent, type Signatory } from './record-event.ts';

export interface ProposeContract extends WrittenTerms {
  readonly partner: string;
  /** Terms of purchases made before the program kept its book: they may start before the open cycle, and nothing speaks against them. */
  readonly isHistory?: true;
}

/** The operator proposes terms: the first version opens the contract, later ones amend it. Answers the contract. */
export async function proposeContract(tx: Tx, command: ProposeContract, moment: Moment, by: Signatory): Promise<Outcome<string>> {
  const { coalition, now } = moment;
  const partner = coalition.partnerOf(command.partner);
  if (partner === undefined) return invalid('partner', `There is no partner ${command.partner}.`);
  const terms = readTerms(command, coalition, partner, command.isHistory ? undefined : await readOpenCycleStart(tx));
  if ('refused' in terms) return terms;
  const contract = contractToAmend(coalition, partner, now);
  if ('refused' in contract) return contract;
  const follows = refuseBeforePredecessor(coalition, partner.id, contract.done, terms.done.effectiveFrom);
  if ('refused' in follows) return follows;
  const version = versionOf(terms.done, contract.done, now);
  const guarded = command.isHistory ? undefined : refuseCandidate({ coalition, partner, contract: contract.done, version, now });
  if (guarded && 'refused' in guarded) return guarded;
  const contractId = await addVersion(tx, { partner, contract: contract.done, version }, moment);
  await recordEvent(tx, { contractId, kind: 'PROPOSED', version: version.number }, by, now);
  return done(contractId);
}
