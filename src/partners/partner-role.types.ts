import { enumType } from '../platform/graphql/enum.ts';
import type { PartnerRole } from './partner-role.ts';

export const PartnerRoleEnum = enumType<PartnerRole>('PartnerRole', 'What a partner is in the coalition.', {
  ISSUER: 'Its purchases earn points, which it funds.',
  ACCEPTOR: 'Members pay with points there, for which it is reimbursed.',
  EXCHANGER: 'Its points can be exchanged for those of others.',
  CHARITY: 'Members give points to it.',
});
