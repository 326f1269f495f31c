import type { Coalition } from '../../partners/coalition.ts';
import type { Clause } from '../../partners/contracts/clause.ts';
import { type Contract, type ContractVersion, contractSpeaking } from '../../partners/contracts/contract.rules.ts';
import { withTimeline } from '../../partners/contracts/timeline.rules.ts';

/** The coalition as it would be if clauses had been in force in a contract from an instant on: earlier versions end there, later ones never began. */
export function coalitionWith(coalition: Coalition, contract: Contract, clauses: readonly Clause[], since: Date): Coalition {
  const before = contract.versions.filter(({ effectiveFrom }) => effectiveFrom < since).map((version) => endedBy(version, since));
  const versions = [...before, inForce(contract, clauses, since)];
  const simulated = withTimeline({ ...contract, versions }, coalition.program.timeZone);
  const contracts = coalition.contracts.map((one) => (one.id === contract.id ? simulated : one));
  const contractOf = (partnerId: string) => {
    const found = coalition.contractOf(partnerId);
    return found?.id === contract.id ? simulated : found;
  };
  return {
    ...coalition,
    contracts,
    contractOf,
    contractById: (id) => (id === contract.id ? simulated : coalition.contractById(id)),
    contractAt: (partnerId, at) => contractSpeaking(contracts, partnerId, at) ?? contractOf(partnerId),
  };
}

function endedBy(version: ContractVersion, at: Date): ContractVersion {
  const runsOn = version.effectiveUntil === undefined || version.effectiveUntil > at;
  return runsOn ? { ...version, effectiveUntil: at } : version;
}

function inForce({ versions, id }: Contract, clauses: readonly Clause[], since: Date): ContractVersion {
  return {
    id,
    number: versions.length + 1,
    revision: 1,
    type: 'PARTNERSHIP',
    termMonths: undefined,
    clauses,
    proposedAt: since,
    partnerSignedAt: since,
    partnerNote: undefined,
    operatorSignedAt: since,
    operatorNote: undefined,
    effectiveFrom: since,
    agreedUntil: undefined,
    effectiveUntil: undefined,
  };
}
