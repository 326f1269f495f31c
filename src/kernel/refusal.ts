/** Every code under which the system says no, with the sentence that the schema shows for it. */
export const ERROR_CODES = {
  INSUFFICIENT_POINTS: 'Returned when the wallet has fewer available points than the operation takes.',
  BELOW_MINIMUM: 'Returned when the points are fewer than the contract or program asks for at least.',
  REDEMPTION_LIMIT: 'Returned when a member would redeem more than the limit of a day. `details.remaining` says how many are left.',
  CAP_EXCEEDED:
    'Returned when a cap of the contract for a cycle, promotion or member would be passed, 1,000 versions of earn rules of one partner, 20 open claims of a member, or 50 disputes of one line.',
  OUT_OF_STOCK: 'Returned when a reward has no stock or capacity left.',
  NOT_ELIGIBLE: 'Returned when the member does not meet the conditions of what was asked for.',
  MEMBER_SUSPENDED: 'Returned when the member is suspended or closed and may not earn, burn or exchange.',
  SPEND_LOCKED: 'Returned when the member has locked spending.',
  STEP_UP_REQUIRED: 'Returned when the member must approve the operation first.',
  CONSENT_REQUIRED: 'Returned when a consent that the operation needs has not been given.',
  TERMS_NOT_ACCEPTED: 'Returned when the member has not accepted the terms in force.',
  CONTRACT_NOT_ACTIVE: 'Returned when no contract version of the partner is in force at the instant in question.',
  CONTRACT_ENDED: 'Returned when the contract has ended for this operation: after earnEnd for earning, after burnEnd for burning.',
  CLAUSE_NOT_GRANTED: 'Returned when the contract in force has no clause that grants the operation.',
  CREDIT_LIMIT: 'Returned when the exposure of the partner would pass its credit limit.',
  PREPAID_EXHAUSTED: 'Returned when the prepaid point blocks of the partner have too few points left.',
  CATEGORY_EXCLUSIVE: 'Returned when another partner holds the exclusivity of the category.',
  APPROVAL_REQUIRED: 'Returned when the score of a partner is too low for it to be taken in.',
  QUOTE_EXPIRED: 'Returned when the quote is no longer valid or already executed.',
  RATE_ARBITRAGE: 'Returned when a rate would open a loop of exchanges that gains points. `details.loop` names it.',
  NOTICE_TOO_SHORT: 'Returned when a change for the worse is announced later than its notice allows.',
  HOLD_EXPIRED: 'Returned when the hold has passed its time and its points were released.',
  HOLD_RESOLVED: 'Returned when the hold was already captured or voided, or does not wait for an approval.',
  TOKEN_EXPIRED: 'Returned when the redemption token has passed its minute, or the member has asked for another since.',
  TOKEN_USED: 'Returned when the redemption token was used before.',
  CLAIM_RESOLVED: 'Returned when the claim is decided, or not in a state in which this can be done with it.',
  REVERSAL_EXCEEDS_ORIGINAL: 'Returned when reversals or refunds together would pass the original.',
  CYCLE_CLOSED: 'Returned when the clearing cycle is closed.',
  CYCLE_NOT_RECONCILED: 'Returned when the clearing cycle is not reconciled yet.',
  DISPUTE_WINDOW_CLOSED: 'Returned when the time in which a line may be disputed is over.',
  DISPUTE_RESOLVED: 'Returned when the dispute is decided or withdrawn, or not in a state in which this can be done with it.',
  IDEMPOTENCY_CONFLICT: 'Returned when the idempotency key or external id was used before with another body.',
  REVISION_CONFLICT: 'Returned when the object was changed since it was read.',
  DUPLICATE: 'Returned when something with this code, phone, email or external id exists already.',
  OVERLOADED:
    'Returned when more requests are waiting than are taken. Nothing was changed: the same request may be sent again, with the same key.',
  FORBIDDEN: 'Returned when the caller may not do this, or not with this object.',
  VALIDATION: 'Returned when a value is malformed, out of range or names something that does not exist.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An expected no: nothing was changed. `field` is the path of the offending input, without the leading `input`. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: readonly string[];
  readonly details?: Record<string, unknown>;
}

/** What a use case answers: the thing done, or the refusal. */
export type Outcome<T> = { readonly done: T } | { readonly refused: Refusal };

export function done<T>(value: T): { readonly done: T } {
  return { done: value };
}

export function refused(
  code: ErrorCode,
  message: string,
  more: { field?: readonly string[]; details?: Record<string, unknown> } = {},
): { readonly refused: Refusal } {
  return { refused: { code, message, ...more } };
}

/** A VALIDATION refusal that points at one input field, written as a path: `clauses.0.exchange.from`. */
export function invalid(field: string, message: string): { readonly refused: Refusal } {
  return refused('VALIDATION', message, { field: field.split('.') });
}
