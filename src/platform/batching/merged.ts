import type { Db } from '../database.ts';

/**
 * What use cases do that run side by side in one transaction (`side-by-side.ts`), in the order in which they all do it. Reads may come at any
 * time; what locks comes once, so that locks are taken in one order; writes come last.
 */
export const PHASES = [
  'READ',
  'WALLETS',
  'KEYS',
  'TOKENS',
  'QUOTES',
  'ALLOWANCES',
  'LOTS',
  'VOUCHERS',
  'BLOCKS',
  'USAGE',
  'ACCOUNTS',
  'DEPOSITS',
  'POST',
  'STORE',
  'RECORD',
] as const;
export type Phase = (typeof PHASES)[number];

/** Asks many at once; answers in their order. */
export type Many<D extends Db, Asked, Answer> = (db: D, all: readonly Asked[]) => Promise<readonly Answer[]>;

/** One question of one use case. */
export interface Question {
  readonly phase: Phase;
  readonly many: Many<never, never, unknown>;
  readonly asked: unknown;
  /** What nobody else may have until the transaction ends. */
  readonly claims: readonly string[];
}

const SIDE = Symbol('side');

/** The same transaction for one of several use cases that share it. */
export function asSide<D extends Db>(db: D, ask: (question: Question) => Promise<unknown>): D {
  return Object.assign(Object.create(db), { [SIDE]: ask });
}

/**
 * Makes one question of many: use cases that run side by side in a transaction are answered together, with one call of `many`; everybody else at
 * once. What a question claims, its use case has for itself: another that claims the same is postponed until the transaction has ended. So two
 * never decide on the same state.
 */
export function merged<D extends Db, Asked, Answer>(
  phase: Phase,
  many: Many<D, Asked, Answer>,
  claimsOf: (asked: Asked) => readonly string[] = () => [],
): (db: D, asked: Asked) => Promise<Answer> {
  return async (db, asked) => {
    const ask = (db as D & { readonly [SIDE]?: (question: Question) => Promise<unknown> })[SIDE];
    if (ask !== undefined)
      return (await ask({ phase, many: many as Many<never, never, unknown>, asked, claims: claimsOf(asked) })) as Answer;
    const [answer] = await many(db, [asked]);
    return answer as Answer;
  };
}

/** The same for lists, of which each element has an answer of its own. Nothing is asked for an empty one. */
export function mergedLists<D extends Db, Item, Answer>(
  phase: Phase,
  many: Many<D, Item, Answer>,
  claimOf?: (item: Item) => string,
): (db: D, items: readonly Item[]) => Promise<Answer[]> {
  const ask = merged<D, readonly Item[], Answer[]>(
    phase,
    async (db, lists) => divide(await many(db, lists.flat()), lists),
    (items) => (claimOf === undefined ? [] : items.map(claimOf)),
  );
  return async (db, items) => (items.length === 0 ? [] : ask(db, items));
}

/** The same for what is written and has no answer. */
export function mergedWrites<D extends Db, Item>(
  phase: Phase,
  write: (db: D, items: readonly Item[]) => void | Promise<void>,
): (db: D, items: readonly Item[]) => Promise<void> {
  const ask = merged<D, readonly Item[], undefined>(phase, async (db, lists) => {
    await write(db, lists.flat());
    return lists.map(() => undefined);
  });
  return async (db, items) => {
    if (items.length > 0) await ask(db, items);
  };
}

/** Answers to many lists in a row, list by list. */
export function divide<Answer>(answers: readonly Answer[], lists: readonly { readonly length: number }[]): Answer[][] {
  let at = 0;
  return lists.map(({ length }) => {
    at += length;
    return answers.slice(at - length, at);
  });
}
