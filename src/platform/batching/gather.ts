import { type Outcome, refused } from '../../kernel/refusal.ts';

/** An item that was not done, as one before it has what it waits for: it goes with the next group, of those who wait for the same it alone. */
export interface Postponed {
  readonly waitsFor: string;
}

/** What is gathered, and how it is done. */
export interface Gathering<Item, Done> {
  /** Does items in their order, all or none of them but those it postpones, and answers each. */
  run(items: readonly Item[]): Promise<readonly (Outcome<Done> | Postponed)[]>;
  /** Items of the same name keep their order: one waits while another is under way. */
  nameOf(item: Item): string;
  /** Whether a failure is nobody's fault and would come again at once, such as a database that is away. */
  isHopeless(error: unknown): boolean;
  /** So many go together at most. */
  readonly mostItems: number;
  /** So many groups are under way at a time at most. */
  readonly lanes: number;
  /** So many wait at most; one more is refused. */
  readonly mostWaiting: number;
}

/**
 * For mutations, whatever they do: so many in one transaction at most, two transactions at a time, as one reads while another is being committed,
 * and so many that wait where nothing is set.
 */
export const OF_MUTATIONS = { mostItems: 100, lanes: 2, mostWaiting: 4_000 } as const;

/** Does together what is asked for at the same time. */
export interface Gatherer<Item, Done> {
  ask(item: Item): Promise<Outcome<Done>>;
  /** Takes nothing more, and resolves when all that was taken is answered. */
  close(): Promise<void>;
}

interface Waiting<Item, Done> {
  readonly item: Item;
  readonly name: string;
  readonly waitsFor?: string;
  answer(outcome: Outcome<Done>): void;
  fail(error: unknown): void;
}

/**
 * An item goes at once with all that came in the same turn of the event loop: alone it waits for nobody. While every lane is at work items
 * wait, and go together when one is free. So groups grow with the load, and nobody waits for a clock.
 */
export function createGatherer<Item, Done>(gathering: Gathering<Item, Done>): Gatherer<Item, Done> {
  const { mostItems, lanes, mostWaiting } = gathering;
  let waiting: Waiting<Item, Done>[] = [];
  const underWay = new Set<string>();
  const running = new Set<Promise<void>>();
  let isClosed = false;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      while (running.size < lanes) {
        const group = take();
        if (group.length === 0) return;
        start(group);
      }
    });
  }

  /** The first that wait, but for those who must wait longer, and those of the same name after them. */
  function take(): Waiting<Item, Done>[] {
    const group: Waiting<Item, Done>[] = [];
    const left: Waiting<Item, Done>[] = [];
    const passed = new Set(underWay);
    const apart = new Set(underWay);
    for (const one of waiting) {
      if (group.length === mostItems) left.push(one);
      else if (passed.has(one.name) || (one.waitsFor !== undefined && apart.has(one.waitsFor))) {
        passed.add(one.name);
        left.push(one);
      } else {
        if (one.waitsFor !== undefined) apart.add(one.waitsFor);
        group.push(one);
      }
    }
    waiting = left;
    return group;
  }

  function start(group: readonly Waiting<Item, Done>[]): void {
    const names = new Set(group.flatMap(({ name, waitsFor }) => (waitsFor === undefined ? [name] : [name, waitsFor])));
    for (const name of names) underWay.add(name);
    const postponed: Waiting<Item, Done>[] = [];
    const work = runApart(gathering, group, postponed).finally(() => {
      for (const name of names) underWay.delete(name);
      waiting = [...postponed, ...waiting];
      running.delete(work);
      if (waiting.length > 0) schedule();
    });
    running.add(work);
  }

  return {
    ask(item) {
      if (isClosed || waiting.length >= mostWaiting) return Promise.resolve(overloaded());
      return new Promise((answer, fail) => {
        waiting.push({ item, name: gathering.nameOf(item), answer, fail });
        if (running.size < lanes) schedule();
      });
    },
    async close() {
      isClosed = true;
      while (waiting.length > 0 || running.size > 0) {
        schedule();
        await (running.size > 0 ? Promise.race(running) : new Promise(setImmediate));
      }
    },
  };
}

/** A group that fails is halved until the one whose fault it is fails alone. */
async function runApart<Item, Done>(
  gathering: Gathering<Item, Done>,
  group: readonly Waiting<Item, Done>[],
  postponed: Waiting<Item, Done>[],
): Promise<void> {
  try {
    const outcomes = await gathering.run(group.map(({ item }) => item));
    for (const [at, one] of group.entries()) {
      const outcome = outcomes[at];
      if (outcome === undefined) one.fail(new Error('an item had no outcome'));
      else if ('waitsFor' in outcome) postponed.push({ ...one, waitsFor: outcome.waitsFor });
      else one.answer(outcome);
    }
  } catch (error) {
    if (group.length === 1 || gathering.isHopeless(error)) {
      for (const { fail } of group) fail(error);
      return;
    }
    const half = Math.ceil(group.length / 2);
    await runApart(gathering, group.slice(0, half), postponed);
    await runApart(gathering, group.slice(half), postponed);
  }
}

const overloaded = () =>
  refused(
    'OVERLOADED',
    'More is being asked for at this moment than can be done: nothing was changed. Send the same request again in a while.',
  );
