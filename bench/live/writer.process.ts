// A process that posts accruals at a steady pace: with the ledger's own write path on the database, or over the GraphQL of a gateway.

import 'reflect-metadata';
import { accrueMany } from '../../src/exchange/accrual/accrue.ts';
import { newId, toPublicId } from '../../src/kernel/ids.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { openCoalition } from '../../src/partners/open-coalition.ts';
import { transact } from '../../src/platform/database.ts';
import { answer } from '../answer.ts';

export interface Pace {
  /** Accruals a second. */
  readonly rate: number;
  /** Accruals in one transaction, each of another member. */
  readonly batch: number;
  readonly seconds: number;
  /** Who earns, in turn. */
  readonly members: readonly string[];
  /** Over GraphQL where given, else directly. */
  readonly over?: { readonly port: number; readonly token: string };
}

export interface Written {
  /** Wallet and version of each change, and when its transaction had returned to the writer. */
  readonly changes: readonly { readonly member: string; readonly version: string; readonly at: number }[];
  readonly seconds: number;
}

const PARTNER = 'AERO';
const MINOR = 1_000n;
const TRANSACTIONS_AT_A_TIME = 4;

const db = await openCoalition(process.env.DATABASE_URL ?? '', { poolSize: TRANSACTIONS_AT_A_TIME });
const { coalition } = await coalitionNow(db);
const partnerId = coalition.partnerOf(PARTNER)?.id ?? '';
const now = (): number => performance.timeOrigin + performance.now();

async function accrueHere(members: readonly string[]): Promise<Written['changes']> {
  const occurredAt = new Date();
  const commands = members.map((value) => ({
    idempotencyKey: newId(),
    externalId: newId(),
    member: { done: { kind: 'id' as const, value: toPublicId('Member', value) } },
    occurredAt,
    channel: 'POS' as const,
    amount: { minor: MINOR, currency: 'CNY' },
    confirm: 'AUTO' as const,
  }));
  const outcomes = await transact(db, (tx) => accrueMany(tx, `partner:${partnerId}`, partnerId, commands));
  const at = now();
  return outcomes.map((outcome) => {
    if ('refused' in outcome) throw new Error(outcome.refused.message);
    return { member: outcome.done.accrual.memberId, version: String(outcome.done.balance.version), at };
  });
}

const ACCRUE_BATCH = `mutation ($inputs: [AccrueInput!]!) { accrueBatch(inputs: $inputs) { results { balance { version } userErrors { message } } } }`;

interface BatchAnswer {
  readonly data?: {
    readonly accrueBatch: { readonly results: readonly { readonly balance: { readonly version: string } | null }[] };
  } | null;
}

async function accrueThere(members: readonly string[], { port, token }: NonNullable<Pace['over']>): Promise<Written['changes']> {
  const occurredAt = new Date().toISOString();
  const inputs = members.map((uuid) => ({
    idempotencyKey: newId(),
    externalId: newId(),
    member: { id: toPublicId('Member', uuid) },
    occurredAt,
    amount: { minor: String(MINOR), currency: 'CNY' },
  }));
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: ACCRUE_BATCH, variables: { inputs } }),
  });
  const body = (await response.json()) as BatchAnswer;
  const at = now();
  return members.map((member, no) => {
    const version = body.data?.accrueBatch.results[no]?.balance?.version;
    if (version === undefined) throw new Error(`an accrual was refused: ${JSON.stringify(body)}`);
    return { member, version, at };
  });
}

async function run({ rate, batch, seconds, members, over }: Pace): Promise<Written> {
  const changes: Written['changes'][number][] = [];
  const batches = Math.round((rate * seconds) / batch);
  const from = now();
  let begun = 0;
  const lane = async (): Promise<void> => {
    for (let no = begun++; no < batches; no = begun++) {
      const due = from + (no * batch * 1_000) / rate;
      if (due > now()) await new Promise((resolve) => setTimeout(resolve, due - now()));
      const earners = Array.from({ length: batch }, (_, at) => members[(no * batch + at) % members.length] ?? '');
      changes.push(...(over === undefined ? await accrueHere(earners) : await accrueThere(earners, over)));
    }
  };
  await Promise.all(Array.from({ length: TRANSACTIONS_AT_A_TIME }, lane));
  return { changes, seconds: (now() - from) / 1_000 };
}

answer({ run, stop: () => db.close() });
