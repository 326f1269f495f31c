import type { Connection, FieldDef, PoolClient, Submittable } from 'pg';
import { type Columns, columnsOf, type Row, rowOf } from './columns.ts';
import { type KeptStatement, type KeptStatements, keptOn } from './kept-statements.ts';
import { toParameter } from './parameters.ts';

export interface Query {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Under which the server keeps it; undefined for once. */
  readonly name: string | undefined;
  /** Whether a transaction begins with it: one flight for both, and nothing is done when it cannot begin. */
  readonly begins: boolean;
}

export interface Answer {
  readonly rows: Row[];
  /** What the server says it did, such as `UPDATE 3`. */
  readonly command: string;
}

/** Sends one statement on a connection that has none under way. */
export async function send(client: PoolClient, query: Query): Promise<Answer> {
  try {
    return await new Promise((resolve, reject) => {
      client.query(new Statement(query, resolve, reject));
    });
  } catch (error) {
    // Whoever asked is of more use than the socket that answered.
    if (error instanceof Error) Error.captureStackTrace(error, send);
    throw error;
  }
}

/** Text and name of the statement that begins a transaction. */
const BEGIN = 'begin';

/** A statement on its way, in the form in which `pg` takes such: its answers come to the methods named `handle`. */
class Statement implements Submittable {
  readonly #query: Query;
  readonly #values: (string | Buffer | null)[];
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #rows: Row[] = [];
  #kept: KeptStatement | undefined;
  #columns: Columns = [];
  #command = '';
  #failure: unknown;

  constructor(query: Query, resolve: (answer: Answer) => void, reject: (error: unknown) => void) {
    this.#query = query;
    this.#values = query.parameters.map(toParameter);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): null {
    const { text, name = '', begins } = this.#query;
    const kept = keptOn(connection);
    const begin = { text: BEGIN, name: name === '' ? '' : BEGIN };
    const known = { begin: begins && kept.use(begin.name), statement: kept.use(name) };
    connection.stream.cork();
    for (const dropped of kept.takeDropped()) connection.close({ type: 'S', name: dropped }, true);
    if (begins) {
      if (known.begin === undefined) parse(connection, kept, begin);
      connection.bind({ statement: begin.name, values: [] }, true);
      connection.execute({}, true);
    }
    if (known.statement === undefined) parse(connection, kept, { text, name });
    connection.bind({ statement: name, values: this.#values }, true);
    if (known.statement?.columns === undefined) connection.describe({ type: 'P' }, true);
    else this.#columns = known.statement.columns;
    connection.execute({}, true);
    connection.sync();
    connection.stream.uncork();
    this.#kept = known.statement;
    return null;
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    this.#columns = columnsOf(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(rowOf(this.#columns, fields));
    } catch (error) {
      this.#failure ??= error;
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#command = text;
  }

  handleEmptyQuery(): void {
    this.#command = '';
  }

  handlePortalSuspended(): void {
    this.#failure ??= new Error('the server sent a part of the rows');
  }

  handleCopyInResponse(connection: Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('nothing is copied here');
  }

  handleError(error: unknown): void {
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#kept !== undefined) this.#kept.columns = this.#columns;
    if (this.#failure === undefined) this.#resolve({ rows: this.#rows, command: this.#command });
    else this.#reject(this.#failure);
  }
}

function parse(connection: Connection, kept: KeptStatements, { name, text }: { readonly name: string; readonly text: string }): void {
  kept.parse(name);
  connection.parse({ name, text, types: [] }, true);
}
