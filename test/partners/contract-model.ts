import { DateTime } from 'luxon';

/** Domain 4.2, told once more and simply: what a contract is after what was done to it. Instants are milliseconds. */
export interface ModelVersion {
  readonly from: number;
  until: number;
  readonly hasTermination: boolean;
  proposed: boolean;
  partner: boolean;
  operator: boolean;
}

export interface Model {
  readonly versions: ModelVersion[];
  suspended: boolean;
  byCause: boolean;
  /** Whether ordinary notice came after the suspension. */
  noticeLast: boolean;
  noticeAt: number | undefined;
  /** When the contract that the partner had before was over. */
  readonly after: number;
}

/** Terms of the termination clause of every version that has one. */
export const TERMINATION = { noticeDays: 1, earnEndDays: 5, burnEndDays: 12, tailMonths: 1, outstandingPolicy: 'HONOUR' };
const DAY = 86_400_000;
const isSigned = (version: ModelVersion) => version.operator && version.from < version.until;

export const newModel = (after = Number.NEGATIVE_INFINITY): Model => ({
  versions: [],
  suspended: false,
  byCause: false,
  noticeLast: false,
  noticeAt: undefined,
  after,
});

export function inForce({ versions }: Model, at: number): number | undefined {
  const found = versions.flatMap((version, index) => (isSigned(version) && version.from <= at && at < version.until ? [index + 1] : []));
  if (found.length > 1) throw new Error(`${found.length} versions in force`);
  return found[0];
}

interface Ends {
  readonly earn: number;
  readonly burn: number;
  readonly tail: number;
}

function runOff(earn: number, burn: number): Ends {
  return { earn, burn, tail: DateTime.fromMillis(burn, { zone: 'Asia/Shanghai' }).plus({ months: TERMINATION.tailMonths }).toMillis() };
}

export function endsOf(model: Model): Ends | undefined {
  const [last] = model.versions.filter(isSigned).sort((a, b) => b.from - a.from);
  const isBounded = last !== undefined && last.until < Number.POSITIVE_INFINITY;
  const byDate =
    isBounded && last.hasTermination
      ? runOff(last.until, last.until + (TERMINATION.burnEndDays - TERMINATION.earnEndDays) * DAY)
      : undefined;
  if (model.noticeAt === undefined) return byDate;
  const noticed = runOff(model.noticeAt + TERMINATION.earnEndDays * DAY, model.noticeAt + TERMINATION.burnEndDays * DAY);
  const own = byDate ?? (isBounded ? { earn: last.until, burn: last.until, tail: noticed.tail } : noticed);
  return { earn: Math.min(noticed.earn, own.earn), burn: Math.min(noticed.burn, own.burn), tail: Math.min(noticed.tail, own.tail) };
}

export function statusOf(model: Model, now: number): string {
  const end = endsOf(model);
  if (end !== undefined) {
    if (now >= end.tail) return 'TERMINATED';
    if (now >= end.burn) return 'TAIL';
    if (now >= end.earn) return 'RUN_OFF';
  }
  if (model.suspended && (model.byCause || !model.noticeLast)) return 'SUSPENDED';
  if (model.noticeAt !== undefined) return 'NOTICE';
  if (inForce(model, now) !== undefined) return 'ACTIVE';
  if (model.versions.some((version) => isSigned(version) && version.from <= now)) return 'RUN_OFF';
  const latest = model.versions.filter(({ proposed }) => proposed).at(-1);
  if (latest === undefined) return 'DRAFT';
  return latest.partner ? 'SIGNED' : 'PROPOSED';
}

/** Whether the operator's signature finds room: later versions in force stay as they are. */
export function hasRoom({ versions }: Model, version: ModelVersion): boolean {
  return !versions.some((other) => isSigned(other) && other.from > version.from && other.from < version.until);
}

export function putInForce({ versions }: Model, version: ModelVersion): void {
  for (const other of versions) if (isSigned(other) && other.from <= version.from && other.until > version.from) other.until = version.from;
  version.operator = true;
}
