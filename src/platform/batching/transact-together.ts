import type { Outcome } from '../../kernel/refusal.ts';
import { type Database, type Tx, transact } from '../database.ts';
import { isDatabaseAway } from '../database-faults.ts';
import { remembered } from '../remembered.ts';
import { createGatherer, type Gatherer, OF_MUTATIONS } from './gather.ts';
import { sideBySide } from './side-by-side.ts';

/** A mutation that shares a transaction with others. */
interface Mutation {
  /** Mutations of the same name are done in the order in which they came. */
  readonly name: string;
  work(tx: Tx): Promise<Outcome<unknown>>;
}

const MEMORY_KEY = 'platform.mutations';

/** Where the mutations of this process come together. What is set holds from the first call on. */
export function mutationsOf(database: Database, mostWaiting: number = OF_MUTATIONS.mostWaiting): Gatherer<Mutation, unknown> {
  return remembered(database, MEMORY_KEY, () =>
    createGatherer<Mutation, unknown>({
      ...OF_MUTATIONS,
      run: async (mutations) => {
        const [first] = mutations;
        if (first !== undefined && mutations.length === 1) return [await transact(database, (tx) => first.work(tx))];
        return transact(database, (tx) =>
          sideBySide(
            tx,
            mutations.map(({ work }) => work),
          ),
        );
      },
      nameOf: ({ name }) => name,
      isHopeless: isDatabaseAway,
      mostWaiting,
    }),
  );
}

/**
 * Like `transact`, for a use case that may share its transaction with others: it asks what it needs by `merged` questions, and what it decides on is
 * claimed by them. Refused as OVERLOADED when too many wait.
 */
export function transactTogether<T>(database: Database, name: string, work: (tx: Tx) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  return mutationsOf(database).ask({ name, work }) as Promise<Outcome<T>>;
}
