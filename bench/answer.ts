// The other end of the channel: what a process of a benchmark answers.

export interface Usage {
  readonly rssBytes: number;
  /** What JavaScript holds, buffers included. */
  readonly heldBytes: number;
  readonly cpuMicros: number;
}

export type Answers = Readonly<Record<string, (detail: never) => unknown>>;

interface Question {
  readonly no: number;
  readonly what: string;
  readonly detail: never;
}

/** Whatever collects garbage last is what a process really holds. */
async function usage(): Promise<Usage> {
  for (let run = 0; run < 4; run += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heldBytes: heapUsed + external, cpuMicros: cpuMicros() };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const COMMON: Answers = { usage, cpu: cpuMicros };

/** Answers what the benchmark asks; ends with it. */
export function answer(own: Answers): void {
  const answers = { ...COMMON, ...own };
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ no, what, detail }: Question) => {
    const reply = await Promise.resolve()
      .then(() => answers[what]?.(detail))
      .then(
        (result) => ({ no, answer: result }),
        (error: unknown) => ({ no, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
    // The benchmark may be gone.
    if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
  });
}
