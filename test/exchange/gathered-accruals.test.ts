import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { statementCounter } from '../../src/platform/database.ts';
import { type GraphQLAnswer, serve, type TestApp } from '../support/app.ts';
import {
  type AccruePayload,
  accrualOf,
  cny,
  type Input,
  type Member,
  type Nova,
  operation,
  refusal,
  startNova,
} from '../support/coalition.ts';

const BRANDS = ['AERO', 'BOOKS', 'CAFE'] as const;

let nova: Nova;
let other: TestApp;
let superuser: Client;
let observer: Client;
let members: readonly Member[];
beforeAll(async () => {
  nova = await startNova({}, { LOG_LEVEL: 'silent' });
  other = await serve(nova.app.url);
  [superuser, observer] = [new Client({ connectionString: nova.app.url }), new Client({ connectionString: nova.app.url })];
  await Promise.all([superuser.connect(), observer.connect()]);
  members = await Promise.all(Array.from({ length: 4 }, () => nova.enrol()));
});
afterAll(async () => {
  await Promise.all([superuser.end(), observer.end()]);
  await other.stop();
  await nova.stop();
});

const memberAt = (at: number): Member => members[at % members.length] as Member;

interface Sent {
  readonly partner: string;
  readonly input: Input;
}

async function answerTo(app: TestApp, { partner, input }: Sent): Promise<GraphQLAnswer> {
  return app.graphql(operation('accrue'), { token: await nova.token(partner), variables: { input } });
}

async function accrue(app: TestApp, sent: Sent): Promise<AccruePayload> {
  const { data, errors } = await answerTo(app, sent);
  expect(errors).toBeUndefined();
  return data.accrue;
}

/** The same by a client that does not keep its connection. */
async function accrueAndLeave(app: TestApp, { partner, input }: Sent): Promise<AccruePayload> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await nova.token(partner)}` };
  const asking = request(`${app.httpUrl}/graphql`, { method: 'POST', agent: false, headers });
  asking.end(JSON.stringify({ query: operation('accrue'), variables: { input } }));
  const [response] = await once(asking, 'response');
  const { data }: { data: { accrue: AccruePayload } } = JSON.parse(await text(response));
  return data.accrue;
}

/** What repetitions are answered with, too. */
const said = ({ accrual, balance, exposure, userErrors }: AccruePayload) => ({ accrual, balance, exposure, userErrors });

/** All at the same moment, every other one through the second process. */
const accrueAll = (all: readonly Sent[], turn = 0) =>
  Promise.all(all.map((sent, at) => accrue((at + turn) % 2 === 0 ? nova.app : other, sent)));

/** A member's wallet of one currency. */
const walletOf = (member: Member): string => `kind = 'WALLET' and owner = '${member.id.slice(4)}' and unit = 1`;
/** What every accrual moves. */
const OPERATOR = `kind = 'OPERATOR' and topic is null`;

/** Holds some accounts while `work` goes on; answers what it answers. */
async function whileHeld<T>(accounts: string, work: (release: () => Promise<void>) => Promise<T>): Promise<T> {
  await superuser.query(`begin; select from ledger.accounts where ${accounts} for update`);
  try {
    return await work(async () => {
      await superuser.query('commit');
    });
  } finally {
    await superuser.query('rollback');
  }
}

/** Resolves once so many transactions wait for what is held. */
async function someWait(many = 1): Promise<void> {
  const until = performance.now() + 5_000;
  // What a transaction has seen of others it sees until it ends: looked at outside the one that holds.
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while (((await observer.query(waiting)).rowCount ?? 0) < many) {
    if (performance.now() > until) throw new Error('too few wait for what is held');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The answers that come first, as many as that. */
function firstOf<T>(many: number, sent: readonly Promise<T>[]): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const answers: T[] = [];
    for (const one of sent)
      one.then((answer) => {
        answers.push(answer);
        if (answers.length === many) resolve(answers);
      }, reject);
  });
}

test('of three hundred accruals at the same moment, of several partners on few members through two processes, every answer is its own', async () => {
  const all = Array.from({ length: 300 }, (_, at) => ({
    partner: BRANDS[at % 3] ?? 'AERO',
    input: nova.accrueInput(at % 50 === 7 ? ({ id: 'mem_0' } as Member) : memberAt(at), { points: 1 + at }),
  }));
  const answers = await accrueAll(all);
  for (const [at, answer] of answers.entries()) {
    if (at % 50 === 7) expect([refusal(answer), answer.accrual]).toEqual(['VALIDATION', null]);
    else
      expect([refusal(answer), answer.replayed, answer.accrual?.externalId, answer.accrual?.points]).toEqual([
        undefined,
        false,
        all[at]?.input.externalId,
        1 + at,
      ]);
  }
  // and along the versions of each wallet none is missing, and each balance is the one before and what was earned
  const wallets = Map.groupBy(
    answers.flatMap((answer, at) => (answer.accrual === null ? [] : [{ ...answer, wallet: `${at % members.length} ${at % 3}` }])),
    ({ wallet }) => wallet,
  );
  expect(wallets.size).toBe(12);
  for (const changes of wallets.values()) {
    const inOrder = changes.toSorted((a, b) => Number(a.balance?.version) - Number(b.balance?.version));
    expect(inOrder.map(({ balance }) => balance?.version)).toEqual(inOrder.map((_, n) => String(n + 1)));
    let sum = 0;
    for (const { balance, accrual } of inOrder) {
      sum += accrual?.points ?? 0;
      expect(balance?.available).toBe(sum);
    }
  }
  // and each exposure is that of the partner right after this one
  for (const [n, partner] of BRANDS.entries()) {
    const shown = answers.flatMap(({ exposure }, at) => (at % 3 === n && exposure !== null ? [Number(exposure.used.minor)] : []));
    const { exposure } = await nova.positionOf(partner);
    expect(Math.max(...shown)).toBe(Number(exposure.used.minor));
    expect(new Set(shown).size).toBe(shown.length);
  }
  // and a repetition, through the other process, is answered as at first
  const again = await accrueAll(all, 1);
  expect(again.map(said)).toEqual(answers.map(said));
  expect(again.map(({ replayed }) => replayed)).toEqual(answers.map(({ accrual }) => accrual !== null));
  expect(await nova.faults()).toEqual([]);
});

test('a credit limit is exact to the point, and a cap too, while others earn in the same groups', async () => {
  await nova.join('TIGHT', { currency: 'TIGHTPT', price: [10_000, 0], issuance: { creditLimit: cny('1.00') } });
  await nova.join('CAPPED', { currency: 'CAPPEDPT', issuance: { capPerCycle: 100 } });
  const all = Array.from({ length: 120 }, (_, at) => ({
    partner: ['TIGHT', 'AERO', 'CAPPED'][at % 3] ?? 'AERO',
    input: nova.accrueInput(memberAt(at), { points: 7 }),
  }));
  const answers = await accrueAll(all);
  const of = (partner: string) => answers.filter((_, at) => all[at]?.partner === partner);
  const counted = (partner: string) =>
    Object.fromEntries([...Map.groupBy(of(partner), refusal)].map(([code, some]) => [code, some.length]));
  expect(counted('AERO')).toEqual({ undefined: 40 });
  expect(counted('TIGHT')).toEqual({ undefined: 14, CREDIT_LIMIT: 26 });
  expect(counted('CAPPED')).toEqual({ undefined: 14, CAP_EXCEEDED: 26 });
  const used = of('TIGHT').flatMap(({ exposure }) => (exposure === null ? [] : [Number(exposure.used.minor)]));
  expect(used.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, n) => 7 * (n + 1)));
  // and what was refused was not recorded: it is judged anew, and the others are answered as at first
  const again = await accrueAll(all, 1);
  expect(again.map((one) => [refusal(one), one.replayed])).toEqual(answers.map((one) => [refusal(one), refusal(one) === undefined]));
  expect(again.map(said)).toEqual(answers.map(said));
  expect(await nova.faults()).toEqual([]);
});

test('what passes a limit is left out of the flight that posts and commits; where a wallet comes twice, all is done over with care', async () => {
  await nova.join('SLIM', { currency: 'SLIMPT', price: [10_000, 0], issuance: { creditLimit: cny('1.00') } });
  const earn = async (each: readonly Member[], points: readonly number[]) => {
    const inputs = each.map((member, at) => nova.accrueInput(member, { points: points[at] ?? 1 }));
    const before = statementCounter.count;
    const { results } = await nova.earnMany('SLIM', inputs);
    const statements = statementCounter.count - before;
    // and a repetition is answered as at first
    const again = await nova.earnMany('SLIM', inputs);
    expect(again.results.map(said)).toEqual(results.map(said));
    return { statements, answers: results.map((result) => refusal(result) ?? [result.balance?.available, result.exposure?.used.minor]) };
  };
  const [one, two, three] = members as readonly [Member, Member, Member];
  const calm = await earn([one, two, three], [10, 10, 10]);
  expect(calm.answers).toEqual([
    [10, '10'],
    [10, '20'],
    [10, '30'],
  ]);
  const tight = await earn([one, two, three], [30, 60, 30]);
  expect(tight.answers).toEqual([[40, '60'], 'CREDIT_LIMIT', [40, '90']]);
  expect(tight.statements).toBe(calm.statements);
  const twice = await earn([one, one, two], [20, 5, 5]);
  expect(twice.answers).toEqual(['CREDIT_LIMIT', [45, '95'], [15, '100']]);
  expect(twice.statements).toBeGreaterThan(calm.statements);
  expect(await nova.faults()).toEqual([]);
});

test.each([
  { name: 'external id', field: 'externalId' },
  { name: 'key', field: 'idempotencyKey' },
])(
  'of two purchases under one $name by two members, through two processes at the same moment, one is done and one is a conflict',
  async ({ field }) => {
    const pair = await Promise.all([nova.enrol(), nova.enrol()]);
    const sent = pair.map((member): Sent => ({ partner: 'AERO', input: nova.accrueInput(member, { points: 7, [field]: `TWO-${field}` }) }));
    const answers = await whileHeld(OPERATOR, async (release) => {
      const asked = sent.map((one, at) => accrue(at === 0 ? nova.app : other, one));
      // Each has looked for the other by now, and found nothing.
      await someWait(2);
      await release();
      return Promise.all(asked);
    });
    expect(answers.map(refusal).toSorted()).toEqual(['IDEMPOTENCY_CONFLICT', undefined]);
    expect(answers.flatMap(({ userErrors }) => userErrors.map((error) => error.field))).toEqual([['input', field]]);
    expect(answers.flatMap(({ accrual }) => accrual?.points ?? [])).toEqual([7]);
    expect(await nova.faults()).toEqual([]);
  },
);

test('a partner that has just joined earns through a process that has not heard of it, and what that took it for opens no wallet', async () => {
  const member = await nova.enrol();
  await nova.join('FRESH', { currency: 'FRESHPT' });
  const { accrual, balance } = await accrue(other, { partner: 'FRESH', input: nova.accrueInput(member, { points: 3 }) });
  expect([accrual?.points, balance?.available, balance?.version]).toEqual([3, 3, '1']);
  const opened = await observer.query(`select from ledger.accounts where kind = 'WALLET' and owner = '${member.id.slice(4)}'`);
  expect(opened.rowCount).toBe(1);
});

test('one accrual that the database cannot take fails alone, and leaves nothing behind', async () => {
  await superuser.query(`create function exchange.fail() returns trigger language plpgsql as $$ begin raise exception 'a fault'; end $$`);
  await superuser.query(
    `create trigger a_fault before insert on exchange.accruals for each row when (new.external_id like 'POISON%') execute function exchange.fail()`,
  );
  const all = Array.from({ length: 60 }, (_, at) => ({
    partner: BRANDS[at % 3] ?? 'AERO',
    input: nova.accrueInput(memberAt(at), { points: 1, ...(at % 29 === 5 && { externalId: `POISON-${at}` }) }),
  }));
  const answers = await Promise.all(all.map((sent) => answerTo(nova.app, sent)));
  expect(answers.map(({ data, errors }) => errors?.[0]?.extensions?.code ?? refusal(data.accrue))).toEqual(
    all.map((_, at) => (at % 29 === 5 ? 'INTERNAL_SERVER_ERROR' : undefined)),
  );
  await superuser.query('drop trigger a_fault on exchange.accruals; drop function exchange.fail()');
  // then it is done with the same key, and it alone
  const again = await accrueAll(all);
  expect(again.map(({ replayed }) => replayed)).toEqual(all.map((_, at) => at % 29 !== 5));
  expect(await nova.faults()).toEqual([]);
});

test('more than may wait is OVERLOADED, changes nothing and can be sent again', async () => {
  const small = await serve(nova.app.url, { ACCRUALS_WAITING: '1' });
  try {
    const all = Array.from({ length: 6 }, () => ({ partner: 'AERO', input: nova.accrueInput(memberAt(0), { points: 3 }) }));
    const before = await nova.balanceOf(memberAt(0), 'APT');
    const answers = await whileHeld(walletOf(memberAt(0)), async (release) => {
      // given one that is under way and one that waits for it
      const first = accrue(small, all[0] as Sent);
      await someWait();
      const rest = all.slice(1).map((sent) => accrue(small, sent));
      expect((await firstOf(4, rest)).map(refusal)).toEqual(new Array(4).fill('OVERLOADED'));
      await release();
      return Promise.all([first, ...rest]);
    });
    expect(answers.map(refusal).toSorted()).toEqual([...new Array(4).fill('OVERLOADED'), undefined, undefined]);
    expect(answers.find((one) => refusal(one) !== undefined)).toMatchObject({ accrual: null, userErrors: [{ field: null }] });
    const again: AccruePayload[] = [];
    for (const sent of all) again.push(await accrue(small, sent));
    expect(again.map(({ replayed }) => replayed)).toEqual(answers.map((one) => refusal(one) === undefined));
    expect((await nova.balanceOf(memberAt(0), 'APT')).available).toBe(before.available + 18);
    expect(await nova.faults()).toEqual([]);
  } finally {
    await small.stop();
  }
});

test('batches that stall keep nobody from earning, and more of them than may wait are OVERLOADED line by line', async () => {
  const batches = Array.from({ length: 105 }, () => [
    nova.accrueInput(memberAt(0), { points: 1 }),
    nova.accrueInput(memberAt(3), { points: 1 }),
  ]);
  const before = await nova.balanceOf(memberAt(0), 'APT');
  const answers = await whileHeld(walletOf(memberAt(0)), async (release) => {
    const sent = batches.map((inputs) => nova.earnMany('AERO', inputs));
    await someWait();
    // given two that are under way and a hundred that wait
    const [first] = await firstOf(3, sent);
    expect(first?.results.map(({ userErrors }) => userErrors)).toMatchObject([[{ code: 'OVERLOADED' }], [{ code: 'OVERLOADED' }]]);
    expect(refusal(await nova.earn('AERO', memberAt(3), { points: 1 }))).toBeUndefined();
    await release();
    return Promise.all(sent);
  });
  const [done, refused] = ['2 0', '0 2'].map((what) => answers.filter((one) => `${one.accepted} ${one.refused}` === what).length);
  expect([done, refused]).toEqual([batches.length - (refused ?? 0), refused]);
  // The two that are under way have left the queue already, or have not when all come at the same moment.
  expect(refused).toBeGreaterThanOrEqual(3);
  expect(refused).toBeLessThanOrEqual(5);
  expect((await nova.balanceOf(memberAt(0), 'APT')).available).toBe(before.available + (done ?? 0));
});

test('when the database goes away under a group all of it is told so, and done once when it is sent again', async () => {
  const all = Array.from({ length: 12 }, (_, at) => ({ partner: 'AERO', input: nova.accrueInput(memberAt(at), { points: 5 }) }));
  const answers = await whileHeld(walletOf(memberAt(1)), async () => {
    const sent = Promise.all(all.map((one) => answerTo(other, one)));
    await someWait();
    await observer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    await superuser.query('commit');
    return sent;
  });
  const lost = answers.filter(({ errors }) => errors?.[0]?.extensions?.code === 'SERVICE_UNAVAILABLE');
  expect(lost.length).toBeGreaterThan(0);
  expect(answers.filter(({ errors }) => errors !== undefined)).toHaveLength(lost.length);
  const again = await accrueAll(all);
  expect(again.map(({ replayed }) => replayed)).toEqual(answers.map(({ errors }) => errors === undefined));
  expect(again.map((one) => accrualOf(one).points)).toEqual(all.map(() => 5));
  expect(await nova.faults()).toEqual([]);
});

test('a process that stops answers what it has taken', async () => {
  const stopping = await serve(nova.app.url);
  const all = Array.from({ length: 5 }, () => ({ partner: 'AERO', input: nova.accrueInput(memberAt(2), { points: 2 }) }));
  const answers = await whileHeld(walletOf(memberAt(2)), async (release) => {
    const sent = Promise.all(all.map((one) => accrueAndLeave(stopping, one)));
    await someWait();
    const stopped = stopping.stop();
    await release();
    await stopped;
    return sent;
  });
  expect(answers.map(refusal)).toEqual(all.map(() => undefined));
  expect((await accrueAll(all)).map(({ replayed }) => replayed)).toEqual(all.map(() => true));
  expect(await nova.faults()).toEqual([]);
});
