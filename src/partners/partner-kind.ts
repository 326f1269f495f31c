/** What kind of business a partner is. */
export const PARTNER_KINDS = [
  'AIRLINE',
  'HOTEL',
  'RETAIL',
  'RESTAURANT',
  'BANK',
  'TELECOM',
  'FUEL',
  'ENTERTAINMENT',
  'HEALTH',
  'EDUCATION',
  'CHARITY',
  'SERVICE',
  'OTHER',
] as const;
export type PartnerKind = (typeof PARTNER_KINDS)[number];
