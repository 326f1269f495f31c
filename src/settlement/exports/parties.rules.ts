import type { Coalition } from '../../partners/coalition.ts';
import type { BankAccount, Partner } from '../../partners/partner.ts';
import { OPERATOR } from '../lines/cycle-line.ts';

/** One side of a payment by its code; null is the operator. */
export const partyName = (coalition: Coalition, partnerId: string | null): string =>
  partnerId === null ? OPERATOR : coalition.partnerById(partnerId).code;

/** A partner as people and systems know it. */
export const nameAndCode = ({ name, code }: Partner): string => (name === code ? code : `${name} (${code})`);

/** Where one side of a payment is paid, if it has said so. */
export const accountOf = (coalition: Coalition, partnerId: string | null): BankAccount | undefined =>
  partnerId === null ? coalition.program.bankAccount : coalition.partnerById(partnerId).bankAccount;

/** A word of the system in the words of people: JOINT_PROMOTION is Joint promotion. */
export const inWords = (word: string): string => word.charAt(0) + word.slice(1).toLowerCase().replaceAll('_', ' ');
