import type { Tx } from '../database.ts';
import type { Postponed } from './gather.ts';
import { asSide, type Many, PHASES, type Question } from './merged.ts';

type Work<T> = (tx: Tx) => Promise<T>;

interface Asking {
  readonly side: number;
  readonly question: Question;
  answer(answer: unknown): void;
  fail(error: unknown): void;
}

/** Thrown into a use case that claims what another has: it has only read and locked so far, and is not done in this transaction. */
class Claimed extends Error {
  readonly waitsFor: string;

  constructor(waitsFor: string) {
    super(`${waitsFor} is claimed by another`);
    this.waitsFor = waitsFor;
  }
}

/**
 * Runs use cases in one transaction as if each were alone. When all that are not done wait for an answer, the questions of the earliest phase
 * are answered together: their number of statements is that of one use case. Of those that claim the same only the first is done; the others are
 * answered as postponed, and have changed nothing. A fault of one is a fault of all.
 */
export async function sideBySide<T>(tx: Tx, works: readonly Work<T>[]): Promise<(T | Postponed)[]> {
  const barrier = openBarrier(tx, works.length);
  const sides = await Promise.allSettled(works.map((work, side) => barrier.enter(side, work)));
  barrier.check();
  return sides.map((side) => {
    if (side.status === 'fulfilled') return side.value;
    if (side.reason instanceof Claimed) return { waitsFor: side.reason.waitsFor };
    throw side.reason;
  });
}

interface Barrier {
  enter<T>(side: number, work: Work<T>): Promise<T>;
  /** Throws the first fault. */
  check(): void;
}

function openBarrier(tx: Tx, sides: number): Barrier {
  const unanswered = new Array<number>(sides).fill(0);
  const hasLeft = new Array<boolean>(sides).fill(false);
  const ownerOf = new Map<string, number>();
  /** What those wait for that are not done here. */
  const postponed = new Map<number, string>();
  let asking: Asking[] = [];
  let working = sides;
  let reached = 0;
  let fault: { readonly error: unknown } | undefined;

  function take(one: Asking): void {
    asking.push(one);
    const before = unanswered[one.side] ?? 0;
    unanswered[one.side] = before + 1;
    if (before === 0) pause();
  }

  function release({ side }: Asking): void {
    unanswered[side] = (unanswered[side] ?? 0) - 1;
    if (unanswered[side] === 0 && hasLeft[side] !== true) working += 1;
  }

  function leave(side: number): void {
    hasLeft[side] = true;
    if (unanswered[side] === 0) pause();
  }

  function pause(): void {
    working -= 1;
    goOn();
  }

  /** When all wait: in the next microtask, so that what the last of them asks in one go comes with it. */
  function goOn(): void {
    if (working === 0 && asking.length > 0) queueMicrotask(answerNext);
  }

  function check(): void {
    if (fault !== undefined) throw fault.error;
  }

  function breakOff(error: unknown): void {
    fault ??= { error };
    for (const one of asking.splice(0)) {
      release(one);
      one.fail(fault.error);
    }
  }

  async function answerNext(): Promise<void> {
    const places = asking.map(({ question }) => PHASES.indexOf(question.phase));
    const first = Math.min(...places);
    const due = asking.filter((_, at) => places[at] === first).sort((a, b) => a.side - b.side);
    try {
      proceedTo(first);
      claimAll(due);
      const answers = await answerAll(
        tx,
        due.filter(({ side }) => !postponed.has(side)),
      );
      check();
      // Who is postponed is done with, also with what it has asked for besides.
      const isOver = (one: Asking, at: number) => places[at] === first || postponed.has(one.side);
      const over = asking.filter(isOver).sort((a, b) => a.side - b.side);
      asking = asking.filter((one, at) => !isOver(one, at));
      for (const one of over) {
        const waitsFor = postponed.get(one.side);
        release(one);
        if (waitsFor === undefined) one.answer(answers.get(one));
        else one.fail(new Claimed(waitsFor));
      }
      // Of one that asked several things at once, some may still wait.
      goOn();
    } catch (error) {
      breakOff(error);
    }
  }

  /** Reads may come again and again, and one write after another; locks would be taken out of order. */
  function proceedTo(place: number): void {
    const phase = PHASES[place];
    if (phase === 'READ') return;
    if (place < reached || (place === reached && phase !== 'STORE')) throw new Error(`${phase} was asked for after ${PHASES[reached]}`);
    reached = place;
  }

  /** Postpones those of whose questions one cannot be asked. */
  function claimAll(due: readonly Asking[]): void {
    for (const one of due) {
      const waitsFor = claim(one);
      if (waitsFor !== undefined) postponed.set(one.side, waitsFor);
    }
  }

  /** What keeps a question from being asked: one of its claims that another has. The others are its own, so that nobody overtakes it. */
  function claim({ side, question: { claims } }: Asking): string | undefined {
    for (const name of claims) if (!ownerOf.has(name)) ownerOf.set(name, side);
    return claims.find((name) => ownerOf.get(name) !== side);
  }

  return {
    check,
    async enter(side, work) {
      const ask = (question: Question) =>
        new Promise<unknown>((answer, fail) => {
          const waitsFor = postponed.get(side);
          // Of one that asked several things at once, a part may go on that has not heard of it.
          if (fault !== undefined) fail(fault.error);
          else if (waitsFor !== undefined) fail(new Claimed(waitsFor));
          else take({ side, question, answer, fail });
        });
      try {
        return await work(asSide(tx, ask));
      } catch (error) {
        if (!(error instanceof Claimed)) breakOff(error);
        throw error;
      } finally {
        leave(side);
      }
    },
  };
}

/** Each kind of question with one call; all calls at the same time. */
async function answerAll(tx: Tx, asking: readonly Asking[]): Promise<ReadonlyMap<Asking, unknown>> {
  const kinds = [...Map.groupBy(asking, ({ question }) => question.many)];
  const answered = await Promise.all(
    kinds.map(async ([many, same]) => {
      const answers = await (many as Many<Tx, unknown, unknown>)(
        tx,
        same.map(({ question }) => question.asked),
      );
      return same.map((one, at) => [one, answers[at]] as const);
    }),
  );
  return new Map(answered.flat());
}
