import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';

/**
 * Runs a subscription whose every event is answered with a context of its own, so that nothing loaded for one event is
 * remembered for the next. Ending it ends the source at once, also while it waits.
 */
export async function followEvents(
  args: ExecutionArgs,
  freshContext: () => Promise<unknown>,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const answerTo = async (event: IteratorResult<unknown>): Promise<IteratorResult<ExecutionResult>> => {
    if (event.done === true) return { done: true, value: undefined };
    return { done: false, value: await execute({ ...args, rootValue: event.value, contextValue: await freshContext() }) };
  };
  const answers: AsyncIterableIterator<ExecutionResult> = {
    next: async () => answerTo(await events.next()),
    return: async () => {
      await events.return?.();
      return { done: true, value: undefined };
    },
    throw: async (error: unknown) => {
      await events.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => answers,
  };
  return answers;
}
