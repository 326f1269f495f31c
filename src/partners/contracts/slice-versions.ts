import type { PageSlice } from '../../kernel/cursor.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';

/** The versions that a viewer sees: drafts are the operator's. */
export function versionsSeenBy({ versions }: Contract, viewer: Viewer): readonly ContractVersion[] {
  return viewer.role === 'OPERATOR' ? versions : versions.filter(({ proposedAt }) => proposedAt !== undefined);
}

/** Whether a viewer may know of a contract of its own: one of which the partner was shown nothing is the operator's. */
export function isShownTo({ wasProposed }: Contract, viewer: Viewer): boolean {
  return viewer.role === 'OPERATOR' || wasProposed;
}

/** The versions of one page, newest first, and one more where there are more: in the order in which `toPage` wants them. */
export function sliceVersions(versions: readonly ContractVersion[], { size, after, before, backwards }: PageSlice): ContractVersion[] {
  const between = versions
    .filter(({ number }) => (after === undefined || number < Number(after[0])) && (before === undefined || number > Number(before[0])))
    .sort((a, b) => (backwards ? a.number - b.number : b.number - a.number));
  return between.slice(0, size + 1);
}
