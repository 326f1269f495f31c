import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { dayOf, daysAfter, startOfDay } from '../../kernel/instant.ts';
import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { CalendarDate } from '../../platform/graphql/scalars.ts';
import { readAgesBefore, readAgesNow } from './liability-ageing.queries.ts';
import { ageingOf, agesAt } from './liability-ageing.rules.ts';
import { LiabilityAgeingType, toLiabilityAgeing } from './liability-ageing.types.ts';
import { reportViewer } from './report-viewer.ts';

const EARLIEST = '1900-01-01';

@Resolver()
export class LiabilityAgeingResolver {
  @Query(() => [LiabilityAgeingType], {
    description:
      'OPERATOR: how old outstanding points are, by currency, as the book had them at the end of a day. PARTNER: the same of points that it issued.',
  })
  async liabilityAgeing(
    @Ctx() context: Context,
    @Arg('asOf', () => CalendarDate, { nullable: true, description: 'The day, at its end; now when left out, or when it is today.' })
    asOf?: string | null,
  ): Promise<LiabilityAgeingType[]> {
    const viewer = await reportViewer(context);
    const { coalition, now } = await readCoalitionOnce(context);
    const { timeZone } = coalition.program;
    const today = dayOf(now, timeZone);
    if (asOf && asOf < EARLIEST) throw badInput(`\`asOf\` lies before ${EARLIEST}.`);
    if (asOf && asOf > today) throw badInput('`asOf` lies in the future.');
    const end = asOf && asOf < today ? startOfDay(daysAfter(asOf, 1), timeZone) : undefined;
    const wanted = { issuerId: viewer.role === 'PARTNER' ? viewer.partnerId : undefined, cuts: agesAt(end ?? now, timeZone) };
    const aged = end === undefined ? await readAgesNow(context.db, wanted) : await readAgesBefore(context.db, wanted, end);
    return ageingOf(coalition, aged, viewer.role === 'PARTNER').map(toLiabilityAgeing);
  }
}
