import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type PageSlice, toPage } from '../../kernel/cursor.ts';
import { toPublicId } from '../../kernel/ids.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { type LedgerEntryType, toLedgerEntry } from '../entries/ledger-entry.types.ts';
import { StatementLineType } from '../statements/statement.types.ts';
import { LedgerEntryConnection, LineTermsType, SaleFigureConnection, type SaleFigureType } from './drill-down.types.ts';
import { readLineEntries, readLineSales } from './line-entries.queries.ts';
import { sourceOf } from './line-source.rules.ts';
import { termsOfLine } from './line-terms.rules.ts';

const NUMBER = /^\d{1,18}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A page by keys of a form; any other cursor is of another list. */
function pageOf(page: PageArgs, length: number, form: RegExp): PageSlice {
  const slice = readPage(page, length);
  const keys = [...(slice.after ?? []), ...(slice.before ?? [])];
  if (!keys.every((key) => form.test(String(key)))) throw badInput('This is not a cursor of this list.');
  return slice;
}

const NOTHING = { rows: [], hasNextPage: false };

@Resolver(() => StatementLineType)
export class DrillDownResolver {
  @FieldResolver(() => LedgerEntryConnection, {
    description: 'Every entry behind the figure, by account and version: none where it comes from contracts, sales or an earlier cycle.',
  })
  async entries(
    @Ctx() context: Context,
    @Root() { line }: StatementLineType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<LedgerEntryType>> {
    const slice = pageOf(page, 2, NUMBER);
    const coalition = await loadCoalition(context);
    const source = sourceOf(coalition, line);
    const found = source && toPage(await readLineEntries(context.db, line.cycleNo, source, slice), slice.size, slice);
    return toConnection(
      found ?? NOTHING,
      (entry) => toLedgerEntry(coalition, entry),
      ({ accountId, version }) => [String(accountId), String(version)],
    );
  }

  @FieldResolver(() => SaleFigureConnection, { description: 'The reported sales behind a share of sales; of other lines none.' })
  async sales(
    @Ctx() context: Context,
    @Root() { line }: StatementLineType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<SaleFigureType>> {
    const slice = pageOf(page, 1, UUID);
    const coalition = await loadCoalition(context);
    const [payer, payee = ''] = line.type === 'REVENUE_SHARE' ? line.key.split(' ') : [];
    const payerId = payer === undefined ? undefined : coalition.partnerOf(payer)?.id;
    const payeeId = coalition.partnerOf(payee)?.id ?? null;
    const found = payerId && toPage(await readLineSales(context.db, line.cycleNo, payerId, payeeId, slice), slice.size, slice);
    const { settlementCurrency: currency } = coalition.program;
    return toConnection(
      found || NOTHING,
      ({ id, occurredAt, grossMinor, netMinor }) => ({
        ...{ id: toPublicId('Sale', id), occurredAt },
        ...{ gross: { minor: grossMinor, currency }, net: { minor: netMinor, currency } },
      }),
      ({ id }) => [id],
    );
  }

  @FieldResolver(() => [LineTermsType], {
    description: 'The versions of contracts by which it was computed, each for what occurred in its days; none where no contract says how.',
  })
  async terms(@Ctx() context: Context, @Root() { line }: StatementLineType): Promise<LineTermsType[]> {
    const [coalition, cycle] = await Promise.all([loadCoalition(context), context.load(readCyclesByNo, line.cycleNo)]);
    if (cycle === undefined) throw new Error(`there is no cycle ${line.cycleNo}`);
    return termsOfLine(coalition, line, cycle).map(({ partner, version: { number, effectiveFrom } }) => ({
      ...{ partner, version: number, effectiveFrom },
    }));
  }
}
