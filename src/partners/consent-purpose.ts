/** What a member may allow personal data to be used for. Contracts name it as well as members do. */
export const CONSENT_PURPOSES = ['SERVICE', 'PERSONALISATION', 'MARKETING', 'DATA_SHARING'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];
