import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { actsForPartner, principalOf } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, mayAct, viewerAs } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { sliceByNumber } from '../statements/slice-by-number.ts';
import { reconcileOnce } from './reconcile.ts';
import { commandOf } from './reconcile-input.rules.ts';
import type { Result } from './reconciliation.ts';
import {
  ReconcileInput,
  ReconcilePayload,
  ReconciliationBadRowConnection,
  type ReconciliationBadRowType,
  ReconciliationConnection,
  ReconciliationCounterpartType,
  ReconciliationRowConnection,
  ReconciliationRowType,
  ReconciliationType,
  toCounterpart,
  toReconciliation,
  toRow,
} from './reconciliation.types.ts';
import { ReconciliationResultEnum } from './reconciliation-enums.types.ts';
import { reconciliationNode } from './reconciliation-node.ts';
import { readBadRows, readMatches, readReconciliationsOf, readRows } from './reconciliations.queries.ts';

@Resolver(() => ReconciliationType)
export class ReconciliationResolver {
  @Query(() => ReconciliationType, { nullable: true, description: 'OPERATOR, PARTNER for its own: a reconciliation by its id.' })
  reconciliation(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Id of the reconciliation.' }) id: string,
  ): Promise<ReconciliationType | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    return reconciliationNode(context, parseIdOf('Reconciliation', id) ?? NO_ID);
  }

  @Mutation(() => ReconcilePayload, {
    description:
      "OPERATOR, PARTNER for itself: compares a partner's own file with what is stored here. The same file again is the same reconciliation; another one for the same time takes its place.",
  })
  async reconcile(
    @Ctx() context: Context,
    @Arg('input', () => ReconcileInput, { description: 'The file.' }) input: ReconcileInput,
  ): Promise<ReconcilePayload> {
    const may = mayAct(context.viewer, 'OPERATOR', 'PARTNER');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const coalition = await loadCoalition(context);
    const asked = commandOf(may.done, input, (code) => coalition.partnerOf(code)?.id);
    if ('refused' in asked) return { userErrors: [toUserError(asked.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'reconcile', input);
    const outcome = await transact(context.db, (tx) => reconcileOnce(tx, attempt, asked.done));
    if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
    return { reconciliation: toReconciliation(outcome.done), userErrors: [] };
  }

  @FieldResolver(() => PartnerType, { description: 'Whose file it is.' })
  async partner(@Ctx() context: Context, @Root() { run }: ReconciliationType): Promise<PartnerType> {
    return toPartner((await loadCoalition(context)).partnerById(run.partnerId));
  }

  @FieldResolver(() => ReconciliationRowConnection, { description: 'Rows of both sides, those of the file first.' })
  async rows(
    @Ctx() context: Context,
    @Root() { run }: ReconciliationType,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('result', () => ReconciliationResultEnum, { nullable: true, description: 'Only those that came to this.' }) result?: Result | null,
  ): Promise<Connection<ReconciliationRowType>> {
    const { size, after } = forwards(page, 2);
    const position = after === undefined ? undefined : ([String(after[0]), numberOf(after[1])] as const);
    const rows = await readRows(context.db, { runId: run.id, result: result ?? undefined, size, after: position });
    return toConnection(toPage(rows, size), toRow, ({ side, no }) => [side, no]);
  }

  @FieldResolver(() => ReconciliationBadRowConnection, { description: 'Rows of the file that could not be read, in their order.' })
  async badRows(
    @Ctx() context: Context,
    @Root() { run }: ReconciliationType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<ReconciliationBadRowType>> {
    const { size, after } = forwards(page, 1);
    const rows = await readBadRows(context.db, run.id, size, numberOf(after?.[0] ?? 0));
    return toConnection(
      toPage(rows, size),
      ({ no, reason }) => ({ rowNumber: no, reason }),
      ({ no }) => [no],
    );
  }
}

@Resolver(() => ReconciliationRowType)
export class ReconciliationRowResolver {
  @FieldResolver(() => [ReconciliationCounterpartType], { description: 'The rows of the other side with which it is matched.' })
  async counterparts(@Ctx() context: Context, @Root() { row }: ReconciliationRowType): Promise<ReconciliationCounterpartType[]> {
    if (row.matchNo === null) return [];
    const rows = await context.load(readMatches, { runId: row.runId, matchNo: row.matchNo });
    return rows.filter(({ side }) => side !== row.side).map(toCounterpart);
  }
}

@Resolver(() => PartnerType)
export class PartnerReconciliationsResolver {
  @FieldResolver(() => ReconciliationConnection, {
    description: 'Its reconciliations, the oldest first. For the partner itself and the operator.',
  })
  async reconciliations(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<ReconciliationType>> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    const slice = readPage(page, 1);
    const shown = sliceByNumber(await context.load(readReconciliationsOf, partner.id), ({ no }) => Number(no), slice);
    return toConnection(toPage(shown, slice.size, slice), toReconciliation, ({ no }) => [Number(no)]);
  }
}

/** Lists of rows may be long, and are read from the start. */
function forwards(page: PageArgs, keyLength: number): ReturnType<typeof readPage> {
  const slice = readPage(page, keyLength);
  if (slice.backwards || slice.before !== undefined) throw badInput('This list is read forwards: with `first` and `after`.');
  return slice;
}

function numberOf(key: string | number | undefined): number {
  const no = Number(key);
  if (!Number.isInteger(no) || Math.abs(no) > 2 ** 31 - 1) throw badInput('The cursor is not one of this list.');
  return no;
}
