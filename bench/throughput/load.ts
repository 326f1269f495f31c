// What the load client is told, and what it answers.

export interface Load {
  readonly port: number;
  /** Who asks, in turn; nobody where there are none. */
  readonly tokens: readonly string[];
  /** The body of a request. `$KEY` becomes a text of its own, `$MEMBER` one of the members, `$FIRST` and `$SECOND` two different accounts. */
  readonly body: string;
  readonly members: readonly string[];
  /** For each of those who ask, whom it names instead. */
  readonly customers?: readonly (readonly string[])[];
  readonly accounts: number;
  /** What every answer must hold. */
  readonly must: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second that begin whether or not earlier ones are answered; without it each connection asks when it was answered. */
  readonly rate?: number;
}

export interface Measured {
  /** All that was done, also after the time. */
  readonly done: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}
