import { enumType } from '../platform/graphql/enum.ts';
import type { ConsentPurpose } from './consent-purpose.ts';

export const ConsentPurposeEnum = enumType<ConsentPurpose>('ConsentPurpose', 'What personal data may be used for.', {
  SERVICE: 'Running the membership itself; nobody is enrolled without it.',
  PERSONALISATION: "Choosing offers by the member's behaviour.",
  MARKETING: 'Sending advertising.',
  DATA_SHARING: 'Handing data to partners of the coalition.',
});
