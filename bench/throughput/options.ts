import { parseArgs } from 'node:util';

export interface Options {
  readonly json: boolean;
  /** Length of each measured slice. */
  readonly seconds: number;
  /** How often each contestant has its turn; figures are medians over them. */
  readonly rounds: number;
  /** Scenarios to run; all where undefined. */
  readonly only: readonly string[] | undefined;
  /** The file of purchases that is imported; without it that scenario is left out. */
  readonly cdnow: string | undefined;
  /** Directory for profiles of our gateway's processor time. */
  readonly profile: string | undefined;
}

/** Reads the command line; a mistake in it ends the program with a sentence. */
export function readOptions(names: readonly string[]): Options {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true },
      cdnow: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const only = values.only?.flatMap((text) => text.split(','));
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`--only knows ${names.join(', ')}, not ${unknown}`);
  const seconds = Number(values.seconds);
  const rounds = Number(values.rounds);
  if (!(seconds > 0 && seconds <= 600)) throw new Error('--seconds must be a number above 0, at most 600');
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds must be a whole number above 0');
  return { json: values.json, seconds, rounds, only, cdnow: values.cdnow, profile: values.profile };
}
