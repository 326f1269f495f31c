import { newId } from '../../kernel/ids.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import type { Coalition } from '../coalition.ts';
import type { ClauseFacts } from './clauses/clause-definition.ts';
import { type ProposedClause, readClauses } from './clauses/read-clauses.rules.ts';
import { storeClause } from './clauses/store-clauses.ts';
import { ContractEntity } from './contract.entity.ts';
import { type Contract, statusAt } from './contract.rules.ts';
import { ContractVersionEntity } from './contract-version.entity.ts';

export interface ProposeContract {
  readonly partner: string;
  readonly effectiveFrom: Date;
  readonly effectiveUntil?: Date | null;
  readonly clauses: readonly ProposedClause[];
  /** Terms of purchases made before the program kept its book: they may start before the open cycle. */
  readonly isHistory?: true;
}

/** The operator proposes terms: the first version opens the contract, later ones amend it. Answers the contract. */
export async function proposeContract(tx: Tx, command: ProposeContract, { coalition, now, id }: Moment): Promise<Outcome<string>> {
  const { effectiveFrom, effectiveUntil } = command;
  const partner = coalition.partnerOf(command.partner);
  if (partner === undefined) return invalid('partner', `There is no partner ${command.partner}.`);
  if (effectiveUntil && effectiveUntil <= effectiveFrom) return invalid('effectiveUntil', 'A version ends after it starts.');
  const openSince = await openCycleStart(tx);
  if (!command.isHistory && effectiveFrom < openSince)
    return invalid('effectiveFrom', `A version starts no earlier than the open clearing cycle, ${openSince.toISOString()}.`);
  const clauses = readClauses(command.clauses, factsOf(coalition));
  if ('refused' in clauses) return clauses;

  const current = coalition.contractOf(partner.id);
  const status = current && statusAt(current, now);
  if (current?.noticeGivenAt !== undefined && status !== 'TERMINATED') {
    return refused('CONTRACT_ENDED', `Notice has been given; a new contract is possible from ${current.tailEnd?.toISOString()} on.`);
  }
  const contract = current === undefined || status === 'TERMINATED' ? await openContract(tx, partner.id, id, now) : current;
  await tx.em.insert(ContractVersionEntity, {
    id: newId(),
    contractId: contract.id,
    contractNo: contract.no,
    number: contract.versions.length + 1,
    clauses: clauses.done.map(storeClause),
    proposedAt: now,
    effectiveFrom,
    effectiveUntil,
  });
  return done(contract.id);
}

function factsOf({ program, partnerOf, currencyOf }: Coalition): ClauseFacts {
  return {
    settlementCurrency: program.settlementCurrency,
    isPartner: (code) => partnerOf(code) !== undefined,
    isPointCurrency: (code) => currencyOf(code) !== undefined,
  };
}

async function openCycleStart(tx: Tx): Promise<Date> {
  const [cycle] = await tx.rows<{ starts_at: Date }>("select starts_at from ledger.cycles where status = 'OPEN'");
  if (cycle === undefined) throw new Error('no clearing cycle is open');
  return cycle.starts_at;
}

async function openContract(tx: Tx, partnerId: string, id: string, now: Date): Promise<Pick<Contract, 'id' | 'no' | 'versions'>> {
  await tx.em.insert(ContractEntity, { id, partnerId, createdAt: now });
  const { no } = await tx.em.findOneOrFail(ContractEntity, id);
  return { id, no, versions: [] };
}
