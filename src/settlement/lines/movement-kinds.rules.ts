import type { PostingCode } from '../../ledger/posting.ts';
import type { Movement } from './cycle-facts.ts';

const REIMBURSED: ReadonlySet<PostingCode> = new Set(['redemption.captured', 'redemption.refunded', 'exchange.redeemed']);

/** Whether it paid an acceptor for points, or took that back. */
export const isReimbursed = ({ code }: Pick<Movement, 'code'>): boolean => REIMBURSED.has(code);

/** Whether it is money that a joint promotion owes. */
export const isJoint = ({ kind, unit }: Movement): boolean => kind === 'JOINT' && unit === 0;

/** Whether it is the money of expired points. */
export const isBreakage = ({ kind, topic, code }: Movement): boolean => kind === 'OPERATOR' && topic === null && code === 'lot.expired';
