// What happens in shops while the soak runs: accruals, holds, captures and voids over GraphQL, each asked again until a gateway answers.

import { newId } from '../../src/kernel/ids.ts';
import { pause, wallClock } from '../figures.ts';

export interface Trade {
  /** Requests a second. */
  readonly rate: number;
  /** Public ids; the first is in a shop more often than the others. */
  readonly members: readonly string[];
  readonly partners: readonly { readonly currency: string; readonly token: string }[];
  port(): number;
}

export interface Trading {
  /** How many of each were done, refused and asked again. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rejects when a request is not answered for long. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

type Payload = Readonly<Record<string, { readonly id: string } | null | readonly { readonly code: string }[]>>;

const LANES = 8;
const ANSWER_WITHIN_MS = 10_000;
/** No gateway is away for so long. */
const GIVE_UP_AFTER_MS = 60_000;
const FAVOURITE_SHARE = 0.15;

const mutation = (name: string, thing: string): string =>
  `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${thing} { id } userErrors { code } } }`;

const MUTATIONS = {
  accrue: mutation('accrue', 'accrual'),
  holdRedemption: mutation('holdRedemption', 'redemption'),
  captureRedemption: mutation('captureRedemption', 'redemption'),
  voidRedemption: mutation('voidRedemption', 'redemption'),
} as const;

export function startTrade({ rate, members, partners, port }: Trade): Trading {
  const counts = new Map<string, number>();
  const held: { id: string; token: string }[] = [];
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  let running = true;

  /** The id of what was done; undefined when it was refused. */
  async function ask(name: keyof typeof MUTATIONS, token: string, input: object): Promise<string | undefined> {
    const body = JSON.stringify({ query: MUTATIONS[name], variables: { input: { idempotencyKey: newId(), ...input } } });
    const giveUp = wallClock() + GIVE_UP_AFTER_MS;
    for (;;) {
      try {
        const response = await fetch(`http://127.0.0.1:${port()}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body,
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        const { data, errors } = (await response.json()) as { data?: Record<string, Payload> | null; errors?: object };
        const payload = data?.[name];
        if (payload === undefined) throw new Error(JSON.stringify(errors));
        const done = payload.accrual ?? payload.redemption;
        const id = done !== null && done !== undefined && 'id' in done ? done.id : undefined;
        count(id === undefined ? `${name} refused` : name);
        return id;
      } catch (error) {
        count(`${name} asked again`);
        if (wallClock() > giveUp) throw new Error(`${name} was not answered for long`, { cause: error });
        await pause(100);
      }
    }
  }

  async function shop(): Promise<void> {
    const member = members[Math.random() < FAVOURITE_SHARE ? 0 : Math.floor(Math.random() * members.length)] ?? '';
    const partner = partners[Math.floor(Math.random() * partners.length)];
    if (partner === undefined) return;
    const { currency, token } = partner;
    const what = Math.random();
    if (what < 0.5) {
      const purchase = { externalId: newId(), occurredAt: new Date().toISOString(), amount: { minor: '1000', currency: 'CNY' } };
      await ask('accrue', token, { member: { id: member }, ...purchase });
    } else if (what < 0.75 || held.length === 0) {
      const id = await ask('holdRedemption', token, { member: { id: member }, currency, points: 10, orderExternalId: newId() });
      if (id !== undefined) held.push({ id, token });
    } else {
      const [hold] = held.splice(Math.floor(Math.random() * held.length), 1);
      if (hold !== undefined)
        await ask(Math.random() < 0.5 ? 'captureRedemption' : 'voidRedemption', hold.token, { redemptionId: hold.id });
    }
  }

  const from = wallClock();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (running) {
      const due = from + (begun++ * 1_000) / rate;
      if (due > wallClock()) await pause(due - wallClock());
      await shop();
    }
  };
  const lanes = Promise.all(Array.from({ length: LANES }, lane));
  return {
    counts,
    failed: lanes.then(() => new Promise<never>(() => undefined)),
    async stop() {
      running = false;
      await lanes;
    },
  };
}
