import { z } from 'zod';
import { CHANNELS } from '../../../channel.ts';
import { PARTNER_ROLES } from '../../../partner-role.ts';
import { defineClause } from '../clause-definition.ts';
import { someOf } from '../parameters.ts';
import { ScopeClauseType } from './scope.types.ts';

export const scope = defineClause({
  kind: 'scope',
  description: 'What the partner may be in the coalition, and where.',
  input: ScopeClauseType,
  output: ScopeClauseType,
  parameters: z.object({
    roles: someOf(z.enum(PARTNER_ROLES)),
    channels: someOf(z.enum(CHANNELS)).optional(),
    locations: someOf(z.string().min(1, 'A location has an id.')).optional(),
    directIssuance: z.boolean().default(true),
  }),
  uniqueBy: () => ['scope'],
  check: () => [],
});
