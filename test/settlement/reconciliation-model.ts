/** An independent reconciliation of small files, row by row and without SQL: what each row must come to. */
export interface ModelRow {
  readonly key: string;
  readonly day: number;
  readonly member: number | undefined;
  readonly points: number;
}

export interface Outcome {
  readonly theirs: string[];
  readonly ours: string[];
}

const MOST = 12;

interface Open extends ModelRow {
  readonly at: number;
  result?: string;
  isKnown?: boolean;
}

const inOrder = (a: Open, b: Open): number => a.points - b.points || a.day - b.day || (a.member ?? 99) - (b.member ?? 99) || a.at - b.at;

export function reconcileByHand(theirRows: readonly ModelRow[], ourRows: readonly ModelRow[], points: number, days: number): Outcome {
  const theirs: Open[] = theirRows.map((row, at) => ({ ...row, at }));
  const ours: Open[] = ourRows.map((row, at) => ({ ...row, at }));
  const open = (rows: Open[]) => rows.filter(({ result }) => result === undefined);

  /** Rows of both sides with the same name are put in order and paired from the front. */
  const pair = (name: (row: ModelRow) => string, says: (t: Open, o: Open) => string | undefined) => {
    const names = new Set(open(theirs).map(name));
    for (const one of names) {
      const left = open(theirs)
        .filter((row) => name(row) === one)
        .sort(inOrder);
      const right = open(ours)
        .filter((row) => name(row) === one)
        .sort(inOrder);
      for (const [at, t] of left.entries()) {
        const o = right[at];
        const result = o && says(t, o);
        if (o === undefined || result === undefined) continue;
        t.result = result;
        o.result = result;
        t.isKnown = true;
      }
    }
  };
  /** Of rows of both sides with the same name that fit, the two nearest to each other are matched, then the next, as long as there are such. */
  const nearest = (name: (row: ModelRow) => string, fits: (t: Open, o: Open) => boolean) => {
    for (;;) {
      const [best] = open(theirs)
        .flatMap((t) => open(ours).map((o) => [t, o] as const))
        .filter(([t, o]) => name(t) === name(o) && fits(t, o))
        .sort(
          ([t, o], [u, p]) =>
            Math.abs(t.points - o.points) - Math.abs(u.points - p.points) ||
            Math.abs(t.day - o.day) - Math.abs(u.day - p.day) ||
            inOrder(t, u) ||
            inOrder(o, p),
        );
      if (best === undefined) return;
      for (const row of best) row.result = 'MATCHED';
      best[0].isKnown = true;
    }
  };
  const group = (name: (row: ModelRow) => string | undefined) => {
    for (const one of new Set(open(theirs).map(name))) {
      if (one === undefined) continue;
      const left = open(theirs).filter((row) => name(row) === one);
      const right = open(ours).filter((row) => name(row) === one);
      const sizes = [left.length, right.length].sort((a, b) => a - b);
      if (sizes[0] !== 1 || (sizes[1] ?? 0) < 2 || (sizes[1] ?? 0) > MOST) continue;
      if (sum(left) !== sum(right) || left.some((t) => right.some((o) => Math.abs(t.day - o.day) > days))) continue;
      for (const row of [...left, ...right]) {
        row.result = 'MATCHED';
        row.isKnown = true;
      }
    }
  };
  const isNear = (t: Open, o: Open) => Math.abs(t.day - o.day) <= days;
  const isClose = (t: Open, o: Open) => Math.abs(t.points - o.points) <= points;

  pair(
    ({ key, points: amount, day }) => `${key} ${amount} ${day}`,
    () => 'MATCHED',
  );
  nearest(({ key, points: amount }) => `${key} ${amount}`, isNear);
  nearest(
    ({ key }) => key,
    (t, o) => isClose(t, o) && isNear(t, o),
  );
  group(({ key }) => key);
  pair(
    ({ key, points: amount }) => `${key} ${amount}`,
    () => 'DATE_DIFF',
  );
  pair(
    ({ key }) => key,
    (t, o) => (isClose(t, o) ? 'DATE_DIFF' : 'AMOUNT_DIFF'),
  );
  for (const row of open(theirs).sort(inOrder)) {
    const before = theirs.filter((one) => one.key === row.key && one !== row);
    if (before.some((one) => one.isKnown === true || (one.result === undefined && inOrder(one, row) < 0) || one.result === 'DUPLICATE'))
      row.result = 'DUPLICATE';
  }
  const isSame = (t: Open, o: Open) => t.member === o.member && t.points === o.points && isNear(t, o);
  const only = open(theirs).flatMap((t) => {
    const right = open(ours).filter((o) => isSame(t, o));
    const [o] = right;
    return o !== undefined && right.length === 1 && open(theirs).filter((one) => isSame(one, o)).length === 1 ? [[t, o] as const] : [];
  });
  for (const row of only.flat()) row.result = 'MATCHED';
  group(({ member, day }) => (member === undefined ? undefined : `${member} ${day}`));
  return {
    theirs: theirs.map(({ result }) => result ?? 'MISSING_HERE'),
    ours: ours.map(({ result }) => result ?? 'MISSING_THERE'),
  };
}

const sum = (rows: readonly ModelRow[]): number => rows.reduce((total, { points }) => total + points, 0);
