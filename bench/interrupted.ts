// How benchmarks end early.

/** Whoever interrupts a benchmark leaves nothing behind either. */
export function interrupted(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
  });
}
