import { enumType } from '../../platform/graphql/enum.ts';
import type { ContractForm } from './contract-form.ts';

export const ContractFormEnum = enumType<ContractForm>('ContractType', 'What kind of cooperation is agreed.', {
  ALLIANCE: 'A strategic alliance, for long.',
  PARTNERSHIP: 'An ordinary partnership.',
  JOINT_PROMOTION: 'A promotion that partners run together.',
  PILOT: 'A trial.',
});
