import type { Viewer } from '../../kernel/viewer.ts';
import { dataSharedWith, forbidAfterTermination } from '../../members/member-sight.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';

type Reader = Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;

/** Who reads a report: an operator all of it, a partner what is its own, until its contract is terminated. */
export async function reportViewer(context: Context): Promise<Reader> {
  const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
  await forbidAfterTermination(context);
  return viewer;
}

/** Whether a row that is one partner's is shown. */
export const isOwn = (viewer: Reader, partnerId: string | null): boolean => viewer.role === 'OPERATOR' || viewer.partnerId === partnerId;

const SMALLEST_GROUP = 5;

/** How many members a figure across partners is of, at least, to be shown to a partner: its contract may ask for more. */
export async function smallestGroup(context: Context, partnerId: string): Promise<number> {
  const clause = await dataSharedWith(context, partnerId);
  return Math.max(SMALLEST_GROUP, clause?.minimumGroupSize ?? SMALLEST_GROUP);
}
