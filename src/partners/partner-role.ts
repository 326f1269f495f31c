/** What a partner may be in the coalition. */
export const PARTNER_ROLES = ['ISSUER', 'ACCEPTOR', 'EXCHANGER', 'CHARITY'] as const;
export type PartnerRole = (typeof PARTNER_ROLES)[number];
