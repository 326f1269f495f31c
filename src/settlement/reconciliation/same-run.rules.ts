import { toPublicId } from '../../kernel/ids.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Reconciliation } from './reconciliation.ts';

type Compared = Pick<
  Reconciliation,
  'id' | 'cycleNo' | 'startsAt' | 'endsAt' | 'kinds' | 'contentHash' | 'tolerancePoints' | 'toleranceDays'
> & { readonly columns: object };

const identity = (run: Compared): string =>
  JSON.stringify([
    run.contentHash,
    run.startsAt.getTime(),
    run.endsAt.getTime(),
    run.kinds,
    String(run.tolerancePoints),
    run.toleranceDays,
    Object.entries(run.columns).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);

/** Whether it is the same file, compared with the same days in the same way. */
export const isSameRun = (one: Compared, other: Compared): boolean => identity(one) === identity(other);

const meets = (one: Compared, other: Compared): boolean =>
  one.startsAt < other.endsAt && other.startsAt < one.endsAt && one.kinds.some((kind) => other.kinds.includes(kind));

/** Whether all that one compares is compared by the other, too. */
function isWithin(one: Compared, other: Compared): boolean {
  const isSameCycle = one.cycleNo !== null && one.cycleNo === other.cycleNo;
  const isInTime = isSameCycle || (one.startsAt >= other.startsAt && one.endsAt <= other.endsAt);
  return isInTime && one.kinds.every((kind) => other.kinds.includes(kind));
}

/** The runs whose place a new one takes. One that it would only meet in part stands in its way: no day is reconciled twice. */
export function placesOf(current: readonly Compared[], wanted: Compared): Outcome<readonly string[]> {
  const met = current.filter((run) => meets(run, wanted) || isWithin(run, wanted));
  const inTheWay = met.find((run) => !isWithin(run, wanted));
  if (inTheWay === undefined) return done(met.map(({ id }) => id));
  const { id, startsAt, endsAt, kinds } = inTheWay;
  const period = `${startsAt.toISOString()} to ${endsAt.toISOString()}`;
  return refused(
    'VALIDATION',
    `Another file was reconciled for ${period} (${kinds.join(', ')}): compare all of that again, or days and kinds beside it.`,
    { field: ['from'], details: { reconciliation: toPublicId('Reconciliation', id) } },
  );
}
