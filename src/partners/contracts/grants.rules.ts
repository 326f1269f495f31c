import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { type Contract, type ContractVersion, finalVersion, lastVersionBy, versionInForce } from './contract.rules.ts';

/** The version by which a partner may earn or burn at an instant, or why it may not: domain 3.5. */
export function versionFor(contract: Contract | undefined, purpose: 'EARN' | 'BURN', at: Date): Outcome<ContractVersion> {
  if (contract === undefined) return refused('CONTRACT_NOT_ACTIVE', 'The partner has no contract.');
  const end = purpose === 'EARN' ? contract.earnEnd : contract.burnEnd;
  if (end !== undefined && at >= end)
    return refused('CONTRACT_ENDED', `${purpose === 'EARN' ? 'Earning' : 'Burning'} at this partner ended at ${end.toISOString()}.`);
  if (contract.suspendedAt !== undefined) return refused('CONTRACT_NOT_ACTIVE', 'The contract of the partner is suspended.');
  const version = versionInForce(contract, at) ?? (purpose === 'BURN' ? versionRunningOff(contract, at) : undefined);
  if (version !== undefined) return done(version);
  return lastVersionBy(contract, at) === undefined
    ? refused('CONTRACT_NOT_ACTIVE', `No version of the partner's contract was in force at ${at.toISOString()}.`)
    : refused('CONTRACT_ENDED', `The partner's contract had ended by ${at.toISOString()}.`);
}

/** Burning goes on until burnEnd by the last version, though it has ended by its date. One that others follow is not run off. */
function versionRunningOff(contract: Contract, at: Date): ContractVersion | undefined {
  const since = contract.noticeGivenAt ?? contract.earnEnd;
  const isRunningOff = since !== undefined && at >= since && contract.burnEnd !== undefined && at < contract.burnEnd;
  const last = isRunningOff ? lastVersionBy(contract, at) : undefined;
  return last?.number === finalVersion(contract)?.number ? last : undefined;
}
