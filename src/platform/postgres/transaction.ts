import type { PoolClient } from 'pg';
import { type Answer, type Asked, type Query, saidByAsker, sendTogether } from './statement.ts';
import { queryOf, type StatementNames } from './statement-names.ts';

/** A transaction on one connection, which begins with its first statement. */
export interface Transaction {
  /** Runs one statement. Those that are given at the same time are sent together and run in their order. */
  run(text: string, parameters: readonly unknown[]): Promise<Answer>;
  /** The same for a text that will not come again. */
  runOnce(text: string): Promise<Answer>;
  /** Runs one statement together with what is sent next, at the latest with the commit. When it fails, the transaction does. */
  runLater(text: string, parameters: readonly unknown[]): void;
  /** Runs one statement and commits, in one flight: answered when that is through. Nothing can be run after it. */
  runLast(text: string, parameters: readonly unknown[]): Promise<Answer>;
}

const command = (text: 'begin' | 'commit' | 'rollback', isKept: boolean): Query => ({
  text,
  values: [],
  name: isKept ? text : undefined,
});

/** Does work in a transaction on a connection of its own, commits it and gives the connection back; rolls back when it throws. */
export async function inTransaction<T>(client: PoolClient, names: StatementNames, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const flights = openFlights(client, names.isKeeping);
  const named = (text: string, parameters: readonly unknown[]) => queryOf(names, text, parameters);
  try {
    const done = await work({
      run: (text, parameters) => flights.ask(named(text, parameters)),
      runOnce: (text) => flights.ask({ text, values: [], name: undefined }),
      runLater: (text, parameters) => flights.askLater(named(text, parameters)),
      runLast: (text, parameters) => flights.askLast(named(text, parameters)),
    });
    await flights.commit();
    client.release();
    return done;
  } catch (error) {
    await flights.rollback().then(
      () => client.release(),
      // A connection that cannot be rolled back is lost: the pool opens another in its place.
      () => client.release(true),
    );
    throw error;
  }
}

interface Flights {
  ask(query: Query): Promise<Answer>;
  askLater(query: Query): void;
  askLast(query: Query): Promise<Answer>;
  /** Does nothing where that was done with the last statement. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

interface Waiting extends Asked {
  readonly answer: Promise<Answer>;
}

/** What waits is sent in one flight when the one before has come back. */
function openFlights(client: PoolClient, keeps: boolean): Flights {
  let waiting: Waiting[] = [];
  let landing: Promise<unknown> | undefined;
  let isScheduled = false;
  let hasBegun = false;
  let hasEnded = false;
  let isCommitted = false;
  let failure: { readonly error: unknown } | undefined;

  function put(query: Query): Promise<Answer> {
    const { promise: answer, resolve, reject } = Promise.withResolvers<Answer>();
    waiting.push({ query, answer, resolve, reject });
    return answer;
  }

  /** What nobody waits for fails the transaction. */
  function putUnawaited(query: Query): void {
    put(query).catch((error) => {
      failure ??= { error };
    });
  }

  /** Sends all that waits. With `begin` in the same flight nothing is done where it cannot begin. */
  function depart(): Promise<unknown> {
    const flight = waiting;
    waiting = [];
    if (!hasBegun) {
      hasBegun = true;
      putUnawaited(command('begin', keeps));
      flight.unshift(...waiting.splice(0));
    }
    sendTogether(client, flight);
    landing = Promise.allSettled(flight.map(({ answer }) => answer)).finally(() => {
      landing = undefined;
    });
    return landing;
  }

  async function landed(): Promise<void> {
    while (landing !== undefined) await landing;
  }

  /** In the next microtask, so that what is asked for in one go goes together. */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(async () => {
      await landed();
      isScheduled = false;
      if (waiting.length > 0 && !hasEnded) void depart();
    });
  }

  /** After a begin that failed, what follows would be done outside of a transaction. */
  function checkSound(): void {
    if (failure !== undefined) throw failure.error;
  }

  function checkOpen(): void {
    if (hasEnded) throw new Error('the transaction has ended');
    checkSound();
  }

  async function end(): Promise<void> {
    hasEnded = true;
    await landed();
    checkSound();
    if (!hasBegun && waiting.length === 0) return;
    const answer = put(command('commit', keeps));
    await depart();
    if ((await answer).command === 'ROLLBACK') throw new Error('a statement had failed, so the transaction was rolled back');
    isCommitted = true;
  }

  return {
    async ask(query) {
      checkOpen();
      const answer = put(query);
      schedule();
      return saidByAsker(answer);
    },
    askLater(query) {
      checkOpen();
      putUnawaited(query);
    },
    async askLast(query) {
      checkOpen();
      const [answer] = await saidByAsker(Promise.all([put(query), end()]));
      return answer;
    },
    async commit() {
      if (!isCommitted) await end();
    },
    async rollback() {
      hasEnded = true;
      await landed();
      for (const { reject } of waiting.splice(0)) reject(new Error('the transaction has ended'));
      if (!hasBegun) return;
      const answer = put(command('rollback', keeps));
      await depart();
      await answer;
    },
  };
}
