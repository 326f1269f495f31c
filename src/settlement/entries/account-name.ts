import { toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';

/** An account as it is stored. */
export interface NamedAccount {
  readonly kind: string;
  readonly owner: string | null;
  /** 0 is money; any other number a point currency. */
  readonly unit: number;
  /** The point currency that a money account is about. */
  readonly topic: number | null;
}

/** The name of an account: its kind, whose it is and what it is in or about. A promotion's money is told from its points. */
export function accountName(coalition: Coalition, { kind, owner, unit, topic }: NamedAccount): string {
  const currencyNo = unit === 0 ? topic : unit;
  const currency = currencyNo === null ? undefined : coalition.currencyNo(currencyNo).code;
  if (kind === 'SPREAD' && owner !== null) return `SPREAD:${currency}:${coalition.currencyById(owner).code}`;
  if (kind === 'JOINT' && owner !== null) return `JOINT:${owner.replaceAll('-', '')}:${currency}${unit === 0 ? ':MONEY' : ''}`;
  const code = owner === null ? undefined : (coalition.partners.find(({ id }) => id === owner)?.code ?? toPublicId('Member', owner));
  return [kind, code, currency].filter((part) => part !== undefined).join(':');
}
