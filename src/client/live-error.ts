/** An error as the server words it. */
export interface OperationError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Why a subscription ended, or why the client waits or has given up. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  /** What to tell apart by: a code of the API such as `FORBIDDEN`, or the close code of the socket such as `4403`. */
  readonly code: string | undefined;
  /** What the server said of the operation; empty when it was the connection. */
  readonly errors: readonly OperationError[];

  constructor(
    message: string,
    { code, errors = [], cause }: { code?: string | undefined; errors?: readonly OperationError[]; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.errors = errors;
  }
}

/** The code of the first error of an operation. */
export function codeOf([error]: readonly OperationError[]): string | undefined {
  const code = error?.extensions?.code;
  return typeof code === 'string' ? code : undefined;
}
