/** Members who have something in common; `key` is null for those who have nothing there. */
export interface MemberGroup {
  readonly key: string | null;
  readonly members: number;
}

/**
 * The groups that may be shown where small ones may not. Whoever knows the total could subtract: so what is left out is never one group
 * alone and never fewer members than a group must have; where small groups do not make that up, the next larger ones go with them.
 */
export function showableGroups(groups: readonly MemberGroup[], minimumSize: number): readonly MemberGroup[] {
  const bySize = groups.toSorted((a, b) => a.members - b.members || compareKeys(a, b));
  const hidden = new Set(bySize.filter(({ members }) => members < minimumSize));
  if (hidden.size === 0) return groups;
  let sum = [...hidden].reduce((total, { members }) => total + members, 0);
  for (const group of bySize) {
    if (hidden.size > 1 && sum >= minimumSize) break;
    if (hidden.has(group)) continue;
    hidden.add(group);
    sum += group.members;
  }
  return groups.filter((group) => !hidden.has(group));
}

function compareKeys(a: MemberGroup, b: MemberGroup): number {
  return (a.key ?? '') < (b.key ?? '') ? -1 : 1;
}
