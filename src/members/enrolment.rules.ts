import { done, invalid, type Outcome, refused } from '../kernel/refusal.ts';
import { luhnDigit, normalEmail, normalPhone } from './identity.rules.ts';
import type { Consent } from './member.ts';

/** What is known of a person who joins. */
export interface Enrolment {
  readonly id: string;
  readonly cardNumber: string;
  readonly displayName: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly homePartnerId: string | null;
  readonly externalId?: string | undefined;
  /** The partner whose external id it is; null for the operator. */
  readonly externalScope: string | null;
  readonly consents: readonly Consent[];
  readonly enrolledAt: Date;
}

const MAX_NAME = 200;
const MAX_EXTERNAL_ID = 200;
const MAX_VERSION = 100;
const CONTROL = /\p{Cc}/u;

/** Text of a person: not empty, not too long, without control characters. */
function isText(value: string, max: number): boolean {
  return value.trim() !== '' && value.length <= max && !CONTROL.test(value);
}

/** An enrolment in normal form, or what is wrong with it. */
export function readEnrolment(enrolment: Enrolment): Outcome<Enrolment> {
  const { displayName, externalId, consents } = enrolment;
  const email = enrolment.email === undefined ? undefined : normalEmail(enrolment.email);
  const phone = enrolment.phone === undefined ? undefined : normalPhone(enrolment.phone);
  if (externalId !== undefined && !isText(externalId, MAX_EXTERNAL_ID)) {
    return invalid('externalId', `An external id has 1 to ${MAX_EXTERNAL_ID} printable characters.`);
  }
  if (!isText(displayName, MAX_NAME)) return invalid('displayName', `A display name has 1 to ${MAX_NAME} printable characters.`);
  if (enrolment.email !== undefined && email === undefined) return invalid('email', 'This is not an email address.');
  if (enrolment.phone !== undefined && phone === undefined) {
    return invalid('phone', 'A phone number has 5 to 15 digits, with a leading + before a country code.');
  }
  const badConsent = consents.findIndex(
    (consent, at) => !isText(consent.version, MAX_VERSION) || consents.findIndex((other) => other.purpose === consent.purpose) !== at,
  );
  if (badConsent >= 0)
    return invalid(`consents.${badConsent}`, `A consent names its purpose once and a version of 1 to ${MAX_VERSION} characters.`);
  if (!consents.some((consent) => consent.purpose === 'SERVICE' && consent.granted)) {
    return refused('CONSENT_REQUIRED', 'Nobody is enrolled without consent to the SERVICE purpose.', { field: ['consents'] });
  }
  return done({ ...enrolment, displayName: displayName.trim(), email, phone });
}

/** A card number of 16 digits: 88, thirteen digits drawn by `draw(10)`, and the check digit. */
export function cardNumberFrom(draw: (below: number) => number): string {
  const digits = `88${Array.from({ length: 13 }, () => draw(10)).join('')}`;
  return digits + luhnDigit(digits);
}
