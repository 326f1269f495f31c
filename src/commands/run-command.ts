import { ConfigurationError } from '../config.ts';

/** Runs a command as the process: its answer is the exit code, a failure is a message on standard error and 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** What an operator reads: the message and what caused it; the stack where the program itself is wrong. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) return error.stack ?? error.message;
  const own = error instanceof AggregateError ? error.errors.map(explain).join('\n') : error.message;
  return error.cause === undefined ? own : `${own}\n${explain(error.cause)}`;
}
