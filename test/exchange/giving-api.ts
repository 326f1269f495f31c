/** What members do with their points besides paying: they donate, take rewards and give to one another. */

import type { Balance, Input, Member, Nova, Redemption, UserError } from '../support/coalition.ts';

interface Answer {
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}
interface Entitlement {
  readonly id: string;
  readonly code: string | null;
  readonly status: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly reward: { readonly code: string; readonly version: number };
}
export interface Burned extends Answer {
  readonly redemption: (Redemption & { readonly entitlement: Entitlement | null }) | null;
  readonly balance: Balance | null;
}
interface Party {
  readonly displayName: string;
  readonly member: { readonly id: string } | null;
}
export interface Transferred extends Answer {
  readonly transfer: { readonly id: string; readonly points: number; readonly from: Party; readonly to: Party } | null;
  readonly balance: Balance | null;
}
interface Lot {
  readonly id: string;
  readonly origin: string;
  readonly issuer: { readonly code: string };
  readonly points: number | null;
  readonly available: number | null;
  readonly earnedAt: string;
  readonly expiresAt: string | null;
}

export interface Giving {
  donate(who: Member | string, what: Input): Promise<Burned>;
  takeReward(who: Member | string, what: Input): Promise<Burned>;
  give(who: Member | string, what: Input): Promise<Transferred>;
  allow(policy: Input): Promise<void>;
  /** The member's lots with points left, newest first, as the operator sees them. */
  lotsOf(member: Member, currency: string): Promise<Lot[]>;
}

/** `who` is the member itself, or the token of somebody who acts for one. */
export function givingAt(nova: Nova): Giving {
  const send = async <T>(who: Member | string, name: string, input: Input): Promise<T> => {
    const token = typeof who === 'string' ? who : who.token;
    const [payload] = Object.values(await nova.run<Record<string, T>>(token, name, { input: { idempotencyKey: nova.newKey(), ...input } }));
    if (payload === undefined) throw new Error(`${name} answered nothing`);
    return payload;
  };
  return {
    donate: (who, what) => send(who, 'donate-points', what),
    takeReward: (who, what) => send(who, 'redeem-reward', what),
    give: (who, what) => send(who, 'transfer-points', what),
    allow: async (policy) => {
      await nova.operate('set-transfer-policy', { allowed: true, ...policy });
    },
    lotsOf: async (member, currency) => {
      const { member: found } = await nova.run<{ member: { lots: { edges: { node: Lot }[] } } }>(nova.operator, 'member-lots', {
        ref: { id: member.id },
        currency,
      });
      return found.lots.edges.map(({ node }) => node);
    },
  };
}

/** What was burned by an answer that must have burned. */
export function burnOf(payload: Burned): NonNullable<Burned['redemption']> {
  expect(payload.userErrors).toEqual([]);
  if (payload.redemption === null) throw new Error('nothing was burned');
  return payload.redemption;
}

/** Runs work that must leave nothing behind. */
export async function leavesNothing<T>(nova: Nova, work: () => Promise<T>): Promise<T> {
  const before = await nova.countRows();
  const result = await work();
  expect(await nova.countRows()).toEqual(before);
  return result;
}
