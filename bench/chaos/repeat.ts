import { type Insisting, insist, type Payload } from './insist.ts';
import type { Deed } from './shops.ts';

const LANES = 16;

const textOf = ({ replayed: _, ...rest }: Payload): string => JSON.stringify(rest);

/** Sends what was done again, each with its key: every answer must be the first one, and say that it is. */
export async function repeat(insisting: Insisting, deeds: readonly Deed[], wrong: (what: string) => void): Promise<void> {
  const left = [...deeds];
  const lane = async (): Promise<void> => {
    for (let deed = left.pop(); deed !== undefined; deed = left.pop()) {
      const { payload } = await insist(insisting, deed);
      if (!payload.replayed) wrong(`${deed.operation} was not taken for a repetition`);
      if (textOf(payload) !== textOf(deed.payload)) wrong(`${deed.operation} is answered otherwise when it is repeated`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
