import { done, type Outcome, refused } from '../../../../kernel/refusal.ts';
import type { Channel } from '../../../channel.ts';
import type { PartnerRole } from '../../../partner-role.ts';
import type { ClauseOf } from '../../clause.ts';

/** Where a partner and a member meet. */
export interface Place {
  readonly channel: Channel;
  readonly locationId?: string | undefined;
}

/** Whether a scope lets a partner act in one of these roles at a place; `act` is what it does, for the refusal. */
export function checkScope(
  scope: ClauseOf<'scope'> | undefined,
  roles: readonly PartnerRole[],
  { channel, locationId }: Place,
  act: string,
): Outcome<ClauseOf<'scope'>> {
  if (scope === undefined || !roles.some((role) => scope.roles.includes(role))) {
    return refused('CLAUSE_NOT_GRANTED', `The scope of the contract does not let this partner ${act}.`);
  }
  if (scope.channels !== undefined && !scope.channels.includes(channel)) {
    return refused('CLAUSE_NOT_GRANTED', `The scope of the contract does not cover the channel ${channel}.`, { field: ['channel'] });
  }
  if (scope.locations !== undefined && (locationId === undefined || !scope.locations.includes(locationId))) {
    return refused('CLAUSE_NOT_GRANTED', 'The scope of the contract does not cover this location.', { field: ['locationId'] });
  }
  return done(scope);
}
