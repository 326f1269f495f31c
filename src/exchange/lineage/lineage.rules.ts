import type { Viewer } from '../../kernel/viewer.ts';
import type { LotChain, StoredLot } from './lot.ts';

/** How much of a lot somebody sees: all of it; what a chain needs; nothing. */
export type LotSight = 'FULL' | 'OUTLINE' | 'NONE';

/**
 * A lot is for its member, its issuer and the operator. An issuer sees in outline what its points became and what its points were made of.
 * A member sees in outline what its points came from, wherever that lay, and the lots right behind its own: where it gave points to.
 */
export function sightOf(viewer: Viewer, lot: Pick<StoredLot, 'issuer' | 'memberId'>, chain: LotChain): LotSight {
  switch (viewer.role) {
    case 'OPERATOR':
      return 'FULL';
    case 'PARTNER':
      if (lot.issuer === viewer.partnerId) return 'FULL';
      return chain.issuers.includes(viewer.partnerId) ? 'OUTLINE' : 'NONE';
    case 'MEMBER':
      if (lot.memberId === viewer.memberId) return 'FULL';
      return [...chain.holdersBelow, ...chain.holdersAbove].includes(viewer.memberId) ? 'OUTLINE' : 'NONE';
    case 'ANONYMOUS':
      return 'NONE';
  }
}
