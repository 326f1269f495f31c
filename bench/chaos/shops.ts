// What happens in shops while all around them dies: as many requests as are answered, and a record of what was answered.

import { newId } from '../../src/kernel/ids.ts';
import { type Insisting, insist, type Payload, type Request } from './insist.ts';

/** What was done, as its client knows it. */
export interface Deed extends Request {
  /** Member and number of the currency. */
  readonly wallet: string;
  readonly payload: Payload;
  readonly tries: number;
}

export interface Shop {
  /** Number of its currency in the ledger. */
  readonly no: number;
  readonly currency: string;
  readonly token: string;
}

export interface Trade {
  readonly lanes: number;
  readonly members: readonly { readonly id: string; readonly uuid: string }[];
  readonly shops: readonly Shop[];
  readonly insisting: Insisting;
  /** Hears of what cannot be. */
  wrong(what: string): void;
}

export interface Trading {
  /** In the order of their answers. */
  readonly deeds: readonly Deed[];
  /** How many requests were refused, by operation and code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Rejects when a request is not answered for long. */
  readonly failed: Promise<never>;
  /** Resolves when all that was asked is answered. */
  stop(): Promise<void>;
}

export const HELD_POINTS = 10;
export const RETURNED_POINTS = 3;
const ACCRUALS = 0.75;
const RETURNS = 0.05;
const HOLDS = 0.1;

/** What was done in a shop, and may have something follow it. */
interface Thing {
  readonly id: string;
  readonly shop: Shop;
  readonly wallet: string;
}

function takeAny(things: Thing[]): Thing | undefined {
  return things.splice(Math.floor(Math.random() * things.length), 1)[0];
}

export const walletOf = (memberUuid: string, currencyNo: number): string => `${memberUuid} ${currencyNo}`;

export function startShops({ lanes, members, shops, insisting, wrong }: Trade): Trading {
  const deeds: Deed[] = [];
  const refused = new Map<string, number>();
  const held: Thing[] = [];
  const bought: Thing[] = [];
  let running = true;

  async function ask(request: Request, wallet: string): Promise<Deed | undefined> {
    const { payload, tries } = await insist(insisting, request);
    const [error] = payload.userErrors;
    if (error !== undefined) {
      const what = `${request.operation}: ${error.code}`;
      refused.set(what, (refused.get(what) ?? 0) + 1);
      // A member may have nothing to pay with or to give back; whatever else is asked for can be done.
      if (error.code !== 'INSUFFICIENT_POINTS') wrong(`${what}: ${error.message}`);
      return undefined;
    }
    if (payload.replayed && tries === 1) wrong(`${request.operation} was taken for a repetition`);
    const deed = { ...request, wallet, payload, tries };
    deeds.push(deed);
    return deed;
  }

  async function visit(): Promise<void> {
    const member = members[Math.floor(Math.random() * members.length)];
    const shop = shops[Math.floor(Math.random() * shops.length)];
    if (member === undefined || shop === undefined) return;
    const { token, currency } = shop;
    const wallet = walletOf(member.uuid, shop.no);
    const idempotencyKey = newId();
    const what = Math.random();
    if (what < ACCRUALS) {
      const purchase = { externalId: newId(), occurredAt: new Date().toISOString(), amount: { minor: '1000', currency: 'CNY' } };
      const id = (await ask({ operation: 'accrue', token, input: { idempotencyKey, member: { id: member.id }, ...purchase } }, wallet))
        ?.payload.accrual?.id;
      if (id !== undefined) bought.push({ id, shop, wallet });
    } else if (what < ACCRUALS + RETURNS) {
      const purchase = takeAny(bought);
      if (purchase === undefined) return;
      const input = { idempotencyKey, accrualId: purchase.id, points: RETURNED_POINTS };
      await ask({ operation: 'reverseAccrual', token: purchase.shop.token, input }, purchase.wallet);
    } else if (what < ACCRUALS + RETURNS + HOLDS || held.length === 0) {
      const input = { idempotencyKey, member: { id: member.id }, currency, points: HELD_POINTS, orderExternalId: newId() };
      const id = (await ask({ operation: 'holdRedemption', token, input }, wallet))?.payload.redemption?.id;
      if (id !== undefined) held.push({ id, shop, wallet });
    } else {
      const hold = takeAny(held);
      if (hold === undefined) return;
      const operation = Math.random() < 0.5 ? 'captureRedemption' : 'voidRedemption';
      await ask({ operation, token: hold.shop.token, input: { idempotencyKey, redemptionId: hold.id } }, hold.wallet);
    }
  }

  const lane = async (): Promise<void> => {
    while (running) await visit();
  };
  const working = Promise.all(Array.from({ length: lanes }, lane));
  return {
    deeds,
    refused,
    failed: working.then(() => new Promise<never>(() => undefined)),
    async stop() {
      running = false;
      await working;
    },
  };
}
