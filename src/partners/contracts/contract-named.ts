import { parseIdOf } from '../../kernel/ids.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Coalition } from '../coalition.ts';
import type { Contract } from './contract.rules.ts';

/** The contract with a public id. */
export function contractNamed(coalition: Coalition, contractId: string): Outcome<Contract> {
  const id = parseIdOf('Contract', contractId);
  const contract = coalition.contracts.find((one) => one.id === id);
  return contract === undefined ? invalid('contractId', 'There is no such contract.') : done(contract);
}
