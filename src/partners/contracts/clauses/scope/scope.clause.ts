import { z } from 'zod';
import { CHANNELS } from '../../../channel.ts';
import { PARTNER_ROLES } from '../../../partner-role.ts';
import { word } from '../../../text.ts';
import { defineClause } from '../clause-definition.ts';
import { someOf } from '../parameters.ts';
import { problemIf } from '../problems.rules.ts';
import { ScopeClauseType } from './scope.types.ts';

const MAX_LOCATIONS = 10_000;
const MAX_ID = 200;

export const scope = defineClause({
  kind: 'scope',
  description: 'What the partner may be in the coalition, and where.',
  input: ScopeClauseType,
  output: ScopeClauseType,
  parameters: z.object({
    roles: someOf(z.enum(PARTNER_ROLES)),
    channels: someOf(z.enum(CHANNELS)).optional(),
    locations: someOf(word.min(1, 'A location has an id.')).optional(),
    directIssuance: z.boolean().default(true),
  }),
  uniqueBy: () => ['scope'],
  check: ({ locations = [] }) => [
    ...problemIf(locations.length > MAX_LOCATIONS, 'locations', `At most ${MAX_LOCATIONS} locations are named.`),
    ...problemIf(
      locations.some((id) => id.length > MAX_ID),
      'locations',
      `The id of a location has at most ${MAX_ID} characters.`,
    ),
  ],
});
