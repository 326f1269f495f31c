import type { PoolClient } from 'pg';
import { type Answer, send } from './statement.ts';
import type { StatementNames } from './statement-names.ts';

/** A transaction on one connection, which begins with its first statement. */
export interface Transaction {
  /** Runs one statement; those that are given at the same time run in their order. */
  run(text: string, parameters: readonly unknown[]): Promise<Answer>;
  /** The same for a text that will not come again. */
  runOnce(text: string): Promise<Answer>;
}

/** Does work in a transaction on a connection of its own, commits it and gives the connection back; rolls back when it throws. */
export async function inTransaction<T>(client: PoolClient, names: StatementNames, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const inTurn = oneAfterTheOther();
  let hasBegun = false;
  let hasEnded = false;
  let failureToBegin: unknown;

  async function take(text: string, parameters: readonly unknown[], name: string | undefined): Promise<Answer> {
    // After a first statement that failed nobody can tell whether anything has begun.
    if (failureToBegin !== undefined) throw failureToBegin;
    if (hasBegun) return send(client, { text, parameters, name, begins: false });
    hasBegun = true;
    try {
      return await send(client, { text, parameters, name, begins: true });
    } catch (error) {
      failureToBegin = error;
      throw error;
    }
  }

  async function submit(text: string, parameters: readonly unknown[], name: string | undefined): Promise<Answer> {
    if (hasEnded) throw new Error('the transaction has ended');
    return inTurn(() => take(text, parameters, name));
  }

  async function end(command: 'commit' | 'rollback'): Promise<void> {
    hasEnded = true;
    const answer = await inTurn(async () =>
      hasBegun ? send(client, { text: command, parameters: [], name: undefined, begins: false }) : undefined,
    );
    if (command === 'commit' && answer?.command === 'ROLLBACK')
      throw new Error('a statement had failed, so the transaction was rolled back');
  }

  try {
    const done = await work({
      run: (text, parameters) => submit(text, parameters, names.nameOf(text)),
      runOnce: (text) => submit(text, [], undefined),
    });
    await end('commit');
    client.release();
    return done;
  } catch (error) {
    await end('rollback').then(
      () => client.release(),
      // A connection that cannot be rolled back is lost: the pool opens another in its place.
      () => client.release(true),
    );
    throw error;
  }
}

function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> | undefined;
  return (work) => {
    const mine = last === undefined ? work() : last.then(work, work);
    last = mine;
    const forget = (): void => {
      if (last === mine) last = undefined;
    };
    mine.then(forget, forget);
    return mine;
  };
}
