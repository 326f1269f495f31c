import type { PostingCode } from '../../ledger/posting.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import type { StatementLine } from '../statements/statement.ts';

/** Where the entries behind a line are: on which accounts, and which of their entries. */
export interface LineSource {
  readonly kind: 'PARTNER' | 'JOINT' | 'SPREAD' | 'OPERATOR' | 'ISSUANCE';
  readonly owner: string | null;
  readonly unit: number;
  /** Null where all accounts of the owner count. */
  readonly topic: number | null;
  /** Only these postings. */
  readonly only?: readonly PostingCode[];
  /** All but these postings. */
  readonly but?: readonly PostingCode[];
  /** Only what is about one point currency, or about none. */
  readonly currencyNo?: number;
  /** Only what belongs to one adjustment. */
  readonly reference?: string;
}

/** No point currency has this number. */
export const NO_CURRENCY = -1;

const REIMBURSED: readonly PostingCode[] = ['redemption.captured', 'redemption.refunded', 'exchange.redeemed'];
const SECURED: readonly PostingCode[] = ['deposit.paid', 'deposit.returned'];
const OTHERS: readonly PostingCode[] = [...REIMBURSED, ...SECURED, 'interest.charged', 'lot.bought_back'];

/** Where the entries behind a partner's line are; undefined when it comes from contracts, sales or an earlier cycle. */
export function sourceOf(
  coalition: Coalition,
  { type, key, partnerId }: Pick<StatementLine, 'type' | 'key' | 'partnerId'>,
): LineSource | undefined {
  const [first = '', second] = key.split(' ');
  const own = { kind: 'PARTNER', owner: partnerId, unit: 0, topic: null } as const;
  const numberOf = (code: string | undefined) => (code === undefined ? undefined : coalition.currencyOf(code)?.no);
  switch (type) {
    case 'FUNDING':
      return { ...own, but: OTHERS, currencyNo: numberOf(second) ?? NO_CURRENCY };
    case 'REIMBURSEMENT':
    case 'HANDLING_FEE':
      return { ...own, only: REIMBURSED };
    case 'DEPOSIT':
      return { ...own, only: SECURED };
    case 'LATE_INTEREST':
      return { ...own, only: ['interest.charged'] };
    case 'BUY_BACK':
      return { ...own, only: ['lot.bought_back'] };
    case 'ADJUSTMENT':
      return { ...own, reference: key };
    case 'JOINT_PROMOTION':
      return { kind: 'JOINT', owner: promotionId(key), unit: 0, topic: null };
    case 'EXCHANGE_SPREAD':
      return { kind: 'SPREAD', owner: coalition.currencyOf(second ?? '')?.id ?? null, unit: 0, topic: numberOf(first) ?? null };
    case 'BREAKAGE':
      return { kind: 'OPERATOR', owner: null, unit: 0, topic: null, only: ['lot.expired'], currencyNo: numberOf(first) ?? NO_CURRENCY };
    case 'TRUE_UP':
      return { kind: 'ISSUANCE', owner: partnerId, unit: numberOf(second) ?? NO_CURRENCY, topic: null };
    default:
      return undefined;
  }
}
