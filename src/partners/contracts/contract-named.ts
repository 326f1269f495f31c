import { parseIdOf } from '../../kernel/ids.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Coalition } from '../coalition.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';
import type { Signatory } from './record-event.ts';
import { isShownTo } from './slice-versions.ts';

/** The contract with a public id. Of one that is only drafted a partner hears as of one that there is not. */
export function contractNamed(coalition: Coalition, contractId: string, by: Signatory): Outcome<Contract> {
  const id = parseIdOf('Contract', contractId);
  const contract = coalition.contracts.find((one) => one.id === id);
  return contract === undefined || !isShownTo(contract, by) ? invalid('contractId', 'There is no such contract.') : done(contract);
}

interface NamedVersion {
  readonly contract: Contract;
  readonly version: ContractVersion;
}

/** A version that the partner has seen: of a draft it hears as of one that there is not. */
export function proposedVersionOf(contract: Contract, number: number): Outcome<ContractVersion> {
  const version = contract.versions.find((one) => one.number === number);
  return version?.proposedAt === undefined
    ? invalid('version', `The contract has no version ${number}, or it is not proposed.`)
    : done(version);
}

/** The draft with a public id of its contract and a number. */
export function draftNamed(coalition: Coalition, command: { contractId: string; version: number }, by: Signatory): Outcome<NamedVersion> {
  const contract = contractNamed(coalition, command.contractId, by);
  if ('refused' in contract) return contract;
  const version = contract.done.versions.find(({ number }) => number === command.version);
  if (version === undefined) return invalid('version', `The contract has no version ${command.version}.`);
  if (version.proposedAt !== undefined) return invalid('version', `Version ${command.version} is no draft: it was proposed.`);
  return done({ contract: contract.done, version });
}

/** What was read of a version is not what it says now. */
export function anotherRevision(revision: number): Outcome<never> {
  return refused('REVISION_CONFLICT', `The version was written anew: it is at revision ${revision}.`, {
    field: ['revision'],
    details: { revision },
  });
}
