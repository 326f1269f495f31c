import { createHash } from 'node:crypto';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { principalOf, type Viewer } from '../../kernel/viewer.ts';
import type { NamedColumns } from './columns.rules.ts';
import { contentBytes, fileOf, streamOf } from './open-file.ts';
import type { Reconcile } from './reconcile.ts';
import { ROW_KINDS } from './reconciliation.ts';
import type { ReconcileInput } from './reconciliation.types.ts';

type Reconciling = Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;

/** What a request asks for. */
export function commandOf(
  viewer: Reconciling,
  input: ReconcileInput,
  partnerIdOf: (code: string) => string | undefined,
): Outcome<Reconcile> {
  const partnerId = whose(viewer, input.partner ?? undefined, partnerIdOf);
  if ('refused' in partnerId) return partnerId;
  const bytes = contentBytes(input.format, input.content);
  if ('refused' in bytes) return bytes;
  const columns: NamedColumns = Object.fromEntries((input.columns ?? []).map(({ field, column }) => [field, column]));
  const { cycleId, from, until, format, kinds, tolerances, fileName } = input;
  return done({
    partnerId: partnerId.done,
    startedBy: principalOf(viewer),
    days: {
      cycleId: cycleId === undefined || cycleId === null ? undefined : (parseIdOf('ClearingCycle', cycleId) ?? NO_ID),
      from: from ?? undefined,
      until: until ?? undefined,
    },
    kinds: kinds ?? ROW_KINDS,
    tolerances: { points: tolerances?.points ?? 0n, days: tolerances?.days ?? 0 },
    columns,
    format,
    fileName: fileName ?? undefined,
    contentHash: createHash('sha256').update(bytes.done).digest('hex'),
    open: fileOf(format, () => streamOf(bytes.done)),
  });
}

/** A partner names nobody but itself. */
function whose(viewer: Reconciling, named: string | undefined, partnerIdOf: (code: string) => string | undefined): Outcome<string> {
  const own = viewer.role === 'PARTNER' ? viewer.partnerId : undefined;
  const partnerId = named === undefined ? own : partnerIdOf(named);
  if (own !== undefined && partnerId !== own)
    return refused('FORBIDDEN', 'A partner reconciles its own file only.', { field: ['partner'] });
  if (partnerId === undefined) return invalid('partner', named === undefined ? 'Name the partner.' : `There is no partner ${named}.`);
  return done(partnerId);
}
