import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { serve, type TestApp } from '../support/app.ts';
import { type AccruePayload, type Input, type Member, type Nova, operation, refusal, startNova } from '../support/coalition.ts';

const BRANDS = ['AERO', 'BOOKS', 'CAFE'] as const;
const LANES = 12;
const CUTS = 5;

let nova: Nova;
let other: TestApp;
let superuser: Client;
let members: readonly Member[];
let tokens: readonly string[];
beforeAll(async () => {
  nova = await startNova();
  other = await serve(nova.app.url);
  superuser = new Client({ connectionString: nova.app.url });
  await superuser.connect();
  members = await Promise.all(Array.from({ length: 4 }, () => nova.enrol()));
  tokens = await Promise.all(BRANDS.map((brand) => nova.token(brand)));
});
afterAll(async () => {
  await superuser.end();
  await other.stop();
  await nova.stop();
});

interface Answered {
  readonly wallet: string;
  readonly token: string;
  readonly input: Input;
  readonly tries: number;
  readonly payload: AccruePayload;
}

/** Asks with the same key until it is answered, now here and now there. */
async function insist(token: string, input: Input): Promise<Pick<Answered, 'payload' | 'tries'>> {
  for (let tries = 1; ; tries += 1) {
    const app = Math.random() < 0.5 ? nova.app : other;
    const { data, errors } = await app.graphql(operation('accrue'), { token, variables: { input } });
    if (errors === undefined) return { tries, payload: data.accrue };
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['SERVICE_UNAVAILABLE']);
  }
}

/** As many accruals as are answered, until told to stop. */
function earn(): { stop(): Promise<Answered[]> } {
  const answered: Answered[] = [];
  let running = true;
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    for (let n = lane; running; n += LANES) {
      const [member, token] = [members[n % 4] as Member, tokens[n % 3] as string];
      const input = nova.accrueInput(member, { points: 1 + (n % 50) });
      answered.push({ wallet: `${n % 4} ${n % 3}`, token, input, ...(await insist(token, input)) });
    }
  });
  return {
    async stop() {
      running = false;
      await Promise.all(lanes);
      return answered;
    },
  };
}

test('while all connections to the database are cut again and again, what was acknowledged stays, and the rest is done once when it is repeated', async () => {
  const earning = earn();
  for (let cut = 0; cut < CUTS; cut += 1) {
    await pause(200);
    await superuser.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  }
  await pause(200);
  const answered = await earning.stop();

  expect(answered.filter(({ payload }) => refusal(payload) !== undefined)).toEqual([]);
  expect(answered.filter(({ tries }) => tries > 1).length).toBeGreaterThan(0);
  // an answer says that it is a repetition only where the first try had been done and nobody was told
  expect(answered.filter(({ tries, payload }) => payload.replayed && tries === 1)).toEqual([]);
  const { rows } = await superuser.query('select external_id as key from exchange.accruals');
  expect(rows.map(({ key }) => key).toSorted()).toEqual(answered.map(({ input }) => input.externalId).toSorted());
  // and along the versions of each wallet none is missing, and each balance is the one before and what was earned
  for (const own of Map.groupBy(answered, ({ wallet }) => wallet).values()) {
    const inOrder = own.map(({ payload }) => payload).toSorted((a, b) => Number(a.balance?.version) - Number(b.balance?.version));
    let sum = 0;
    for (const [n, { balance, accrual }] of inOrder.entries()) {
      sum += accrual?.points ?? 0;
      expect(balance).toMatchObject({ version: String(n + 1), available: sum });
    }
  }
  // and a repetition is answered as at first
  const again = await Promise.all(answered.map(({ token, input }) => insist(token, input)));
  expect(again.map(({ payload }) => payload)).toEqual(answered.map(({ payload }) => ({ ...payload, replayed: true })));
  expect(await nova.faults()).toEqual([]);
});
