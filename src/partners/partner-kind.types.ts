import { enumType } from '../platform/graphql/enum.ts';
import type { PartnerKind } from './partner-kind.ts';

export const PartnerKindEnum = enumType<PartnerKind>('PartnerKind', 'What kind of business a partner is.', {
  AIRLINE: 'Flights.',
  HOTEL: 'Stays.',
  RETAIL: 'Shops, also on the web.',
  RESTAURANT: 'Food and drink.',
  BANK: 'Accounts, cards, insurance.',
  TELECOM: 'Telephone and internet.',
  FUEL: 'Fuel and charging.',
  ENTERTAINMENT: 'Cinema, music, events, games.',
  HEALTH: 'Pharmacies, fitness, care.',
  EDUCATION: 'Schools and courses.',
  CHARITY: 'Good causes.',
  SERVICE: 'Other services.',
  OTHER: 'Something else.',
});
