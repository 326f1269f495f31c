/** Operations of a socket by their ids, as the protocol keeps them: null for one that is still being prepared. */
type Operations = Record<string, AsyncIterable<unknown> | null>;

/**
 * Holds an id for an operation that is being prepared. Answers whether another operation has it by now: the protocol knows both by
 * their id alone, and would take what comes of this one, which its client has completed, for the other's.
 */
export function holdId(operations: Operations, id: string): () => boolean {
  const own = nothing();
  operations[id] = own;
  return () => id in operations && operations[id] !== own;
}

async function* nothing(): AsyncGenerator<never> {
  // It only stands where the operation's own iteration will.
}

/** What an operation waits for that is to say nothing any more. */
export function silence(): Promise<never> {
  return new Promise(() => undefined);
}
