import { merged } from './batching/merged.ts';
import { type Db, isPool } from './database.ts';

/** The revision of all configuration and the program's clock: real time plus the offset that `setClock` keeps in the database. */
export interface State {
  readonly revision: bigint;
  readonly now: Date;
}

const ASKED_KEY = 'platform.state.asked';

/** The state as it is now. Outside of transactions, all who ask in the same turn of the event loop share one statement. */
export async function readState(db: Db): Promise<State> {
  if (!isPool(db)) return askTogether(db, undefined);
  let asked = db.memory.get(ASKED_KEY) as Promise<State> | undefined;
  if (asked === undefined) {
    asked = askAfterThisTurn(db);
    db.memory.set(ASKED_KEY, asked);
  }
  return asked;
}

/** The statement is sent after the last of them has asked, so each sees what was committed before its question. */
async function askAfterThisTurn(db: Db): Promise<State> {
  await new Promise(setImmediate);
  db.memory.delete(ASKED_KEY);
  return ask(db);
}

const askTogether = merged('READ', async (db: Db, all: readonly undefined[]): Promise<State[]> => {
  const state = await ask(db);
  return all.map(() => state);
});

async function ask(db: Db): Promise<State> {
  const [state] = await db.rows<State>('select revision, clock_timestamp() + clock_offset as now from platform.state');
  if (state === undefined) throw new Error('platform.state has no row');
  return state;
}
