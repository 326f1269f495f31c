import type { Connection, FieldDef, PoolClient, Submittable } from 'pg';
import { type Columns, columnsOf, type Row, rowOf } from './columns.ts';
import { type KeptStatement, type KeptStatements, keptOn } from './kept-statements.ts';

export interface Query {
  readonly text: string;
  /** As PostgreSQL reads them (`toParameter`). */
  readonly values: (string | Buffer | null)[];
  /** Under which the server keeps it; undefined for once. */
  readonly name: string | undefined;
}

export interface Answer {
  readonly rows: Row[];
  /** What the server says it did, such as `UPDATE 3`. */
  readonly command: string;
}

/** A statement that somebody waits for. */
export interface Asked {
  readonly query: Query;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Sends one statement on a connection that has none under way. */
export async function send(client: PoolClient, query: Query): Promise<Answer> {
  return saidByAsker(new Promise((resolve, reject) => sendTogether(client, [{ query, resolve, reject }])));
}

/**
 * Sends statements in one flight, on a connection that has none under way. They run in their order; when one fails, those after it are not
 * run and fail with it.
 */
export function sendTogether(client: PoolClient, asked: readonly Asked[]): void {
  client.query(new Flight(asked));
}

/** Whoever asked is of more use in the stack of an error than the socket that answered. */
export async function saidByAsker<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace(error, saidByAsker);
    throw error;
  }
}

interface Flying extends Asked {
  readonly rows: Row[];
  columns: Columns;
  command: string;
  kept: KeptStatement | undefined;
}

/** Statements on their way, in the form in which `pg` takes such: answers come to the methods named `handle`, in the order of the statements. */
class Flight implements Submittable {
  readonly #flying: readonly Flying[];
  #answered = 0;
  #failure: unknown;

  constructor(asked: readonly Asked[]) {
    this.#flying = asked.map(({ query, resolve, reject }) => ({
      query,
      resolve,
      reject,
      rows: [],
      columns: [],
      command: '',
      kept: undefined,
    }));
  }

  submit(connection: Connection): null {
    const kept = keptOn(connection);
    const names = new Set(this.#flying.map(({ query: { name = '' } }) => name));
    const known = new Map(Array.from(names, (name) => [name, kept.use(name)]));
    const parsed = new Set<string>();
    connection.stream.cork();
    for (const dropped of kept.takeDropped()) connection.close({ type: 'S', name: dropped }, true);
    for (const flying of this.#flying) {
      const { text, values, name = '' } = flying.query;
      const statement = known.get(name);
      if (statement === undefined && (name === '' || !parsed.has(name))) {
        parse(connection, kept, { text, name });
        parsed.add(name);
      }
      connection.bind({ statement: name, values }, true);
      if (statement?.columns === undefined) connection.describe({ type: 'P' }, true);
      else flying.columns = statement.columns;
      flying.kept = statement;
      connection.execute({}, true);
    }
    connection.sync();
    connection.stream.uncork();
    return null;
  }

  get #next(): Flying {
    const next = this.#flying[this.#answered];
    if (next === undefined) throw new Error('the server answers more than it was asked');
    return next;
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    this.#next.columns = columnsOf(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      const { rows, columns } = this.#next;
      rows.push(rowOf(columns, fields));
    } catch (error) {
      this.#failure ??= error;
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#next.command = text;
    this.#answered += 1;
  }

  handleEmptyQuery(): void {
    this.#answered += 1;
  }

  handlePortalSuspended(): void {
    this.#failure ??= new Error('the server sent a part of the rows');
  }

  handleCopyInResponse(connection: Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('nothing is copied here');
  }

  handleError(error: unknown): void {
    // After the last answer it is their commit that failed, as no transaction was begun for them: none was done.
    if (this.#answered === this.#flying.length) this.#answered = 0;
    this.#end(error);
  }

  handleReadyForQuery(): void {
    this.#end(this.#failure);
  }

  /** What was answered before something failed was done, as far as its transaction goes. */
  #end(failure: unknown): void {
    for (const [at, { kept, columns, rows, command, resolve, reject }] of this.#flying.entries()) {
      const isAnswered = at < this.#answered;
      if (isAnswered && kept !== undefined) kept.columns = columns;
      if (isAnswered && this.#failure === undefined) resolve({ rows, command });
      else reject(failure);
    }
  }
}

function parse(connection: Connection, kept: KeptStatements, { name, text }: { readonly name: string; readonly text: string }): void {
  kept.parse(name);
  connection.parse({ name, text, types: [] }, true);
}
