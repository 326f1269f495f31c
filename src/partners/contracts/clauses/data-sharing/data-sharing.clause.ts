import { z } from 'zod';
import { CONSENT_PURPOSES } from '../../../consent-purpose.ts';
import { defineClause } from '../clause-definition.ts';
import { someOf } from '../parameters.ts';
import { DataSharingClauseType, MemberDataFieldEnum } from './data-sharing.types.ts';

const groupSize = 'A group has 1 to 1000 members.';

export const dataSharing = defineClause({
  kind: 'dataSharing',
  description: 'What the partner reads of members who consent.',
  input: DataSharingClauseType,
  output: DataSharingClauseType,
  parameters: z.object({
    fields: someOf(z.enum(MemberDataFieldEnum)),
    purposes: someOf(z.enum(CONSENT_PURPOSES)),
    minimumGroupSize: z.int({ error: groupSize }).min(1, groupSize).max(1000, groupSize).default(5),
  }),
  uniqueBy: () => ['data sharing'],
  check: () => [],
});
