import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { NO_ID, parseIdOf, toPublicId } from '../../kernel/ids.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import type { DisputeStatus } from './dispute.ts';
import { DisputeConnection, DisputeStatusEnum, type DisputeType, toDispute } from './dispute.types.ts';
import { type DisputePlace, readDisputeQueue } from './disputes.queries.ts';

@Resolver()
export class DisputeQueueResolver {
  @Query(() => DisputeConnection, {
    description: 'OPERATOR, all or those of one partner; PARTNER, its own: disputes, the one whose answer is due first first.',
  })
  async disputes(
    @Ctx() context: Context,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('status', () => DisputeStatusEnum, { nullable: true, description: 'Only those that stand here.' }) status?: DisputeStatus | null,
    @Arg('partner', () => String, { nullable: true, description: 'Code of a partner: only its own. A partner names only itself.' })
    partner?: string | null,
  ): Promise<Connection<DisputeType>> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const { coalition, now } = await readCoalitionOnce(context);
    const { size, after, before, backwards } = readPage(page, 2);
    const disputes = await readDisputeQueue(context.db, {
      partnerId: whoseQueue(viewer, partner ?? undefined, coalition),
      status: status ?? undefined,
      ...{ size, backwards, after: placeOf(after), before: placeOf(before) },
    });
    return toConnection(
      toPage(disputes, size, { after, before, backwards }),
      (dispute) => toDispute(dispute, coalition.program.settlementCurrency, now),
      ({ dueAt, id }) => [dueAt?.toISOString() ?? NEVER, toPublicId('Dispute', id)],
    );
  }
}

/** Where no answer is due: behind all others. */
const NEVER = 'infinity';

function whoseQueue(viewer: Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>, code: string | undefined, coalition: Coalition) {
  const named = code === undefined ? undefined : (coalition.partnerOf(code)?.id ?? NO_ID);
  if (viewer.role === 'OPERATOR') return named;
  if (named !== undefined && named !== viewer.partnerId) throw forbidden();
  return viewer.partnerId;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function placeOf(key: readonly (string | number)[] | undefined): DisputePlace | undefined {
  if (key === undefined) return undefined;
  const [due, id] = [String(key[0]), parseIdOf('Dispute', String(key[1]))];
  const isInstant = INSTANT.test(due) && !Number.isNaN(Date.parse(due));
  if (id === undefined || (due !== NEVER && !isInstant)) throw badInput('This is not a cursor of this list.');
  return [due, id];
}
