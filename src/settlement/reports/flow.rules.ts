import type { Flow } from './flow.queries.ts';

/** What a partner may see of the flows of a cycle. */
export interface Sight {
  readonly partnerId: string;
  /** A figure across partners is of so many members at least. */
  readonly smallestGroup: number;
  /** Whether the cycle goes on: two looks at it would tell what one member did between them. */
  readonly isOpen: boolean;
}

/** A flow, and whether its figures are left out. */
export interface ShownFlow extends Flow {
  readonly suppressed: boolean;
}

/**
 * The flows that a partner sees: what was burned at it, which it served itself, and where else its own points were burned. The latter are
 * of other partners' members: small ones are left out. The partner may know from elsewhere what all its points burned come to, so that
 * where one is left out, the smallest of those that are large enough goes with it: what could be subtracted is never of few members.
 */
export function flowsSeenBy(flows: readonly Flow[], { partnerId, smallestGroup, isOpen }: Sight): ShownFlow[] {
  const served = flows.filter(({ acceptorId }) => acceptorId === partnerId).map((flow) => ({ ...flow, suppressed: false }));
  const elsewhere = flows.filter(({ issuerId, acceptorId }) => issuerId === partnerId && acceptorId !== partnerId);
  const rows = Map.groupBy(elsewhere, ({ currencyNo }) => currencyNo);
  const crossing = [...rows.values()].flatMap((row) => {
    const hidden = isOpen ? new Set(row) : hiddenIn(row, smallestGroup);
    return row.map((flow) => ({ ...flow, suppressed: hidden.has(flow) }));
  });
  return [...served, ...crossing];
}

function hiddenIn(row: readonly Flow[], smallestGroup: number): ReadonlySet<Flow> {
  const hidden = new Set(row.filter(({ members }) => members < smallestGroup));
  if (hidden.size === 0) return hidden;
  const [cover] = row.filter((flow) => !hidden.has(flow)).toSorted((a, b) => a.members - b.members);
  return cover === undefined ? hidden : hidden.add(cover);
}
