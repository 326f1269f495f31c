import type { Coalition } from '../coalition.ts';
import { statusAt } from './contract.rules.ts';

/** Whether a partner's contract is terminated: all is settled, and it neither offers nor decides anything more until a new one begins. */
export function hasLeft(coalition: Coalition, partnerId: string, now: Date): boolean {
  const contract = coalition.contractAt(partnerId, now);
  return contract !== undefined && statusAt(contract, now) === 'TERMINATED';
}
