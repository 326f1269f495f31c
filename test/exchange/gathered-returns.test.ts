import { Client } from 'pg';
import { type GraphQLAnswer, serve, type TestApp } from '../support/app.ts';
import {
  type AccruePayload,
  accrualOf,
  cny,
  type Input,
  type Member,
  type Nova,
  operation,
  redemptionOf,
  refusal,
  STARTS_AT,
  startNova,
} from '../support/coalition.ts';
import { type Grouping, openGrouping, until } from './one-group.ts';
import { blockFaults, buy, remainingOf } from './point-blocks-api.ts';
import { faults, giveNotice, joinAndLeave, vouchersOf } from './termination-api.ts';

let nova: Nova;
let other: TestApp;
let grouping: Grouping;
let members: readonly Member[];
beforeAll(async () => {
  // A point of AERO costs two fen, so that no exposure is rounded.
  nova = await startNova(
    { AERO: { currency: 'APT', price: [10_000, 10_000], rules: [{ code: 'R10', flatMilliPointsPerUnit: 10_000 }] } },
    { LOG_LEVEL: 'silent' },
  );
  other = await serve(nova.app.url);
  grouping = await openGrouping(nova);
  members = await Promise.all(Array.from({ length: 40 }, () => nova.enrol()));
});
afterAll(async () => {
  await grouping.close();
  await other.stop();
  await nova.stop();
});

type Change = 'confirm' | 'cancel' | 'reverse';

async function ask(app: TestApp, partner: string, name: string, input: Input): Promise<GraphQLAnswer> {
  return app.graphql(operation(name), {
    token: await nova.token(partner),
    variables: { input: { idempotencyKey: nova.newKey(), ...input } },
  });
}

const documentOf = (what: Change): string => `mutation Change($input: ${what === 'reverse' ? 'ReverseAccrualInput' : 'AccrualRefInput'}!) {
  changed: ${what}Accrual(input: $input) {
    accrual { id status points reversedPoints }
    balance { available pending version }
    exposure { used { minor } }
    replayed
    userErrors { code field message details }
  }
}`;

async function change(app: TestApp, what: Change, accrualId: string, more: Input = {}, partner = 'AERO'): Promise<AccruePayload> {
  const input = { idempotencyKey: nova.newKey(), accrualId, ...more };
  const { data, errors } = await app.graphql(documentOf(what), { token: await nova.token(partner), variables: { input } });
  expect(errors).toBeUndefined();
  return data.changed;
}

/** One accrual of each member; answers their ids. */
async function earned(group: readonly Member[], what: Input, partner = 'AERO'): Promise<string[]> {
  const { results } = await nova.earnMany(
    partner,
    group.map((member) => nova.accrueInput(member, what)),
  );
  return results.map((result) => accrualOf(result).id);
}

const PROMISED = { amount: cny('10.00'), confirm: 'MANUAL' };

const many = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
const codesOf = (payloads: readonly Pick<AccruePayload, 'userErrors'>[]) =>
  payloads.map((payload) => refusal(payload) ?? 'done').toSorted();
const usedIn = ({ exposure }: Pick<AccruePayload, 'exposure'>): number => Number(exposure?.used.minor);
const usedBy = async (partner: string) => usedIn(await nova.positionOf(partner));

test('forty changes are as many statements as ten, of one kind or of all, and each is answered with what came of its own', async () => {
  const counts: number[][] = [];
  const run = async (send: () => readonly Promise<AccruePayload>[]) => {
    const before = await usedBy('AERO');
    const { answers, statements } = await grouping.inOneGroup(send);
    expect(codesOf(answers)).toEqual(many(answers.length, 'done'));
    // and each exposure is that of the partner right after it, in one order of all
    const used = answers.map(usedIn);
    expect([before, ...used].toSorted((a, b) => b - a)).toEqual([before, ...used]);
    expect(used.at(-1)).toBe(await usedBy('AERO'));
    return { answers, statements };
  };
  // The first opens accounts.
  for (const group of [members.slice(0, 10), members.slice(0, 10), members]) {
    const ids = await earned(group, PROMISED);
    const available = await Promise.all(group.map(async (member) => (await nova.balanceOf(member, 'APT')).available));
    const confirmed = await run(() => ids.map((id) => change(nova.app, 'confirm', id)));
    const reversed = await run(() => ids.map((id, at) => change(nova.app, 'reverse', id, { points: 1 + at })));
    expect(reversed.answers.map(({ accrual, balance }) => [accrual?.id, accrual?.reversedPoints, balance?.available])).toEqual(
      ids.map((id, at) => [id, 1 + at, Number(available[at]) + 99 - at]),
    );
    expect(new Set(reversed.answers.map(usedIn)).size).toBe(group.length);
    const promised = await earned(group, PROMISED);
    const mixed = await run(() =>
      promised.map((id, at) => change(nova.app, (['confirm', 'cancel', 'reverse'] as const)[at % 3] ?? 'cancel', id)),
    );
    expect(mixed.answers.map(({ accrual }) => accrual?.status)).toEqual(
      promised.map((_, at) => ['CONFIRMED', 'CANCELLED', 'REVERSED'][at % 3]),
    );
    counts.push([confirmed, reversed, mixed].map(({ statements }) => statements));
  }
  expect(counts[2]).toEqual(counts[1]);
  expect(Math.max(...(counts[2] ?? []))).toBeLessThanOrEqual(20);
  expect(await nova.faults()).toEqual([]);
});

test('one accrual is changed by one after the other, in a group and through two processes, and no more is taken back than it gave', async () => {
  const [one, two] = (await earned(members.slice(0, 2), { amount: cny('10.00') })) as [string, string];
  const inGroup = await grouping.inOneGroup(() => Array.from({ length: 12 }, () => change(nova.app, 'reverse', one, { points: 15 })));
  const apart = await Promise.all(
    Array.from({ length: 30 }, (_, at) => change(at % 2 === 0 ? nova.app : other, 'reverse', two, { points: 15 })),
  );
  for (const answers of [inGroup.answers, apart]) {
    expect(codesOf(answers)).toEqual([...many(answers.length - 6, 'REVERSAL_EXCEEDS_ORIGINAL'), ...many(6, 'done')]);
    const reversed = answers.flatMap(({ accrual }) => accrual?.reversedPoints ?? []);
    expect(reversed.toSorted((a, b) => a - b)).toEqual([15, 30, 45, 60, 75, 90]);
  }
  // and in a group each sees what those before it did
  const [promised] = (await earned(members.slice(0, 1), PROMISED)) as [string];
  const { answers } = await grouping.inOneGroup(() => [
    change(nova.app, 'reverse', promised, { points: 30 }),
    change(nova.app, 'confirm', promised),
    change(nova.app, 'cancel', promised),
    change(nova.app, 'confirm', promised),
    change(nova.app, 'reverse', promised),
  ]);
  expect(answers.map((answer) => refusal(answer) ?? [answer.accrual?.status, answer.accrual?.reversedPoints])).toEqual([
    ['PENDING', 30],
    ['PARTIALLY_REVERSED', 30],
    'VALIDATION',
    ['PARTIALLY_REVERSED', 30],
    ['REVERSED', 100],
  ]);
  expect(await nova.faults()).toEqual([]);
});

test('one key, and one name of a return, is done once: repeated, or in conflict with another', async () => {
  const [one, two] = (await earned(members.slice(0, 2), { amount: cny('10.00') })) as [string, string];
  const key = { idempotencyKey: nova.newKey(), points: 10 };
  const keyed = await grouping.inOneGroup(() => [one, two, one].map((id) => change(nova.app, 'reverse', id, key)));
  expect(keyed.answers.map((answer) => refusal(answer) ?? answer.replayed)).toEqual([false, 'IDEMPOTENCY_CONFLICT', true]);
  expect({ ...keyed.answers[2], replayed: false }).toEqual(keyed.answers[0]);

  const named = { externalId: 'RETURN-1', returnedAmount: cny('2.00') };
  const first = await grouping.inOneGroup(() => [one, two, one, two].map((id) => change(nova.app, 'reverse', id, named)));
  expect(first.answers.map((answer) => refusal(answer) ?? answer.replayed)).toEqual([
    false,
    'IDEMPOTENCY_CONFLICT',
    true,
    'IDEMPOTENCY_CONFLICT',
  ]);
  expect(first.answers[1]?.userErrors).toMatchObject([{ field: ['input', 'externalId'] }]);
  expect({ ...first.answers[2], replayed: false }).toEqual(first.answers[0]);
  // and through two processes
  const apart = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      change(at % 2 === 0 ? nova.app : other, 'reverse', at % 4 < 2 ? one : two, { ...named, externalId: 'RETURN-2' }),
    ),
  );
  const done = apart.filter((answer) => refusal(answer) === undefined);
  expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(done).toHaveLength(10);
  expect(new Set(done.map((answer) => JSON.stringify({ ...answer, replayed: true }))).size).toBe(1);
  expect(new Set(apart.map(refusal))).toEqual(new Set([undefined, 'IDEMPOTENCY_CONFLICT']));
  expect(await nova.faults()).toEqual([]);
});

test('what is refused, and what the database cannot take, takes nobody along', async () => {
  const ids = await earned(members, { amount: cny('10.00') });
  const inputs = ids.map((accrualId, at) => ({
    accrualId: at % 10 === 3 ? 'acc_0' : accrualId,
    idempotencyKey: nova.newKey(),
    points: at % 10 === 7 ? 101 : 10 + at,
  }));
  await grouping.superuser.query(
    `create function exchange.fail() returns trigger language plpgsql as $$ begin raise exception 'a fault'; end $$`,
  );
  await grouping.superuser.query(
    `create trigger a_fault before update on exchange.accruals for each row when (new.reversed_points in (15, 34)) execute function exchange.fail()`,
  );
  const { answers } = await grouping.inOneGroup(() => inputs.map((input) => ask(nova.app, 'AERO', 'reverse-accrual', input)));
  const expected = (at: number) =>
    at === 5 || at === 24
      ? 'INTERNAL_SERVER_ERROR'
      : ({ 3: 'FORBIDDEN', 7: 'REVERSAL_EXCEEDS_ORIGINAL' } as Record<number, string>)[at % 10];
  expect(answers.map(({ data, errors }) => errors?.[0]?.extensions?.code ?? refusal(data.reverseAccrual))).toEqual(
    ids.map((_, at) => expected(at)),
  );
  await grouping.superuser.query('drop trigger a_fault on exchange.accruals; drop function exchange.fail()');
  expect(await nova.faults()).toEqual([]);
  // then it is done with the same key, and it alone
  const again = await Promise.all(inputs.map((input) => ask(other, 'AERO', 'reverse-accrual', input)));
  expect(again.map(({ data }) => data.reverseAccrual.replayed)).toEqual(ids.map((_, at) => expected(at) === undefined));
  expect(await nova.faults()).toEqual([]);
});

test('what returns to one block from several accruals at once is all there, also while others take from it', async () => {
  const join = (price: readonly [number, number]) => ({ currency: 'PREPT', price, issuance: { billing: 'PREPAID' } });
  await nova.join('PRE', join([10_000, 2_000]));
  await buy(nova, { partner: 'PRE', currency: 'PREPT', points: 450 });
  await nova.amend('PRE', '2026-01-15T12:00:00+08:00', join([20_000, 4_000]));
  await buy(nova, { partner: 'PRE', currency: 'PREPT', points: 1_000 });
  const at = { points: 100, occurredAt: '2026-01-15T12:00:00+08:00' };
  const group = members.slice(0, 8);
  // the fifth takes from both blocks
  const ids = await earned(group, at, 'PRE');
  const promised = await earned(group.slice(0, 4), { ...at, confirm: 'MANUAL' }, 'PRE');
  expect(await remainingOf(nova, 'PRE')).toEqual([0, 250]);
  const { answers, statements } = await grouping.inOneGroup(() => [
    ...ids.slice(4).map((id) => change(nova.app, 'reverse', id, { points: 60 }, 'PRE')),
    ...promised.map((id, n) => change(nova.app, n % 2 === 0 ? 'cancel' : 'confirm', id, {}, 'PRE')),
  ]);
  expect(codesOf(answers)).toEqual(many(8, 'done'));
  expect(statements).toBeLessThanOrEqual(25);
  expect(await remainingOf(nova, 'PRE')).toEqual([10, 250 + 50 + 180 + 200]);
  // and through two processes, with purchases that take what returns
  const earn = (member: Member) => ask(other, 'PRE', 'accrue', nova.accrueInput(member, { ...at, points: 40 }));
  const [returned, taken] = await Promise.all([
    Promise.all(ids.map((id, n) => change(n % 2 === 0 ? nova.app : other, 'reverse', id, { points: 40 }, 'PRE'))),
    Promise.all(members.slice(20).map(earn)),
  ]);
  expect(codesOf(returned)).toEqual(many(8, 'done'));
  const times = taken.filter(({ data }) => refusal(data.accrue) === undefined).length;
  const [first = 0, second = 0] = await remainingOf(nova, 'PRE');
  expect(first + second).toBe(690 + 320 - 40 * times);
  expect(await blockFaults(nova)).toEqual([]);
  expect(await nova.faults()).toEqual([]);
});

test('what is given back to a promotion at once is shown to each of those who pay for it in one order', async () => {
  const contributions = ['GIVER', 'PAYER'].map((partner, at) => ({ partner, weight: at === 0 ? '7000' : '3000' }));
  const promotion = { promotion: 'SPRING', contributions, from: '2026-01-01T00:00:00+08:00', until: '2026-02-01T00:00:00+08:00' };
  for (const code of ['PAYER', 'GIVER']) {
    await nova.operate('create-partner', { code, name: code, roles: ['ISSUER', 'ACCEPTOR'] });
    await nova.operate('create-point-currency', { code: `${code}PT`, name: code, issuer: code, expiry: { rollingMonths: 12 } });
  }
  for (const code of ['PAYER', 'GIVER'])
    await nova.amend(code, STARTS_AT, { currency: `${code}PT`, price: [10_000, 0], clauses: [{ jointPromotion: promotion }] });
  const group = members.slice(0, 6);
  const ids = await earned(group, { points: 100, promotion: 'SPRING' }, 'GIVER');
  expect(await usedBy('GIVER')).toBe(420);
  const { answers } = await grouping.inOneGroup(() => ids.map((id) => change(nova.app, 'reverse', id, { points: 50 }, 'GIVER')));
  expect(answers.map(usedIn)).toEqual([385, 350, 315, 280, 245, 210]);
  expect(await Promise.all(['GIVER', 'PAYER'].map(usedBy))).toEqual([210, 90]);
  expect(await nova.faults()).toEqual([]);
});

test('what cancelled purchases of many members used of a cap is given back at once', async () => {
  await nova.join('CAPPED', {
    currency: 'CAPPEDPT',
    rules: [{ code: 'R', flatMilliPointsPerUnit: 10_000, dailySpendCap: cny('10.00'), frequencyCapPerDay: 2 }],
  });
  const group = members.slice(0, 10);
  const ids = await earned(group, { ...PROMISED, amount: cny('8.00') }, 'CAPPED');
  const { answers } = await grouping.inOneGroup(() => ids.map((id) => change(nova.app, 'cancel', id, {}, 'CAPPED')));
  expect(codesOf(answers)).toEqual(many(10, 'done'));
  const { results } = await nova.earnMany(
    'CAPPED',
    group.map((member) => nova.accrueInput(member, { amount: cny('12.00') })),
  );
  expect(results.map(({ accrual }) => accrual?.points)).toEqual(many(10, 100));
  const [usage] = await nova.app.db.rows(
    "select count(*) as rows, sum(spend_minor) as spend, sum(times) as times from exchange.rule_usage where rule like '%R'",
  );
  expect(usage).toMatchObject({ rows: 10n, times: 10n });
  expect(await nova.faults()).toEqual([]);
});

test('sales of the same moment are reported in a few statements, each name once', async () => {
  const sell = async (app: TestApp, { id }: Member, externalId: string, more: Input = {}) => {
    const input = { externalId, member: { id }, occurredAt: '2026-01-10T10:00:00+08:00', gross: cny('5.00'), net: cny('5.00'), ...more };
    const { data, errors } = await ask(app, 'DEPOT', 'report-sale', input);
    expect(errors).toBeUndefined();
    return data.reportSale;
  };
  const counts: number[] = [];
  for (const group of [members.slice(0, 10), members]) {
    const { answers, statements } = await grouping.inOneGroup(() => group.map((member) => sell(nova.app, member, nova.newKey())));
    expect(codesOf(answers)).toEqual(many(group.length, 'done'));
    counts.push(statements);
  }
  expect(counts[1]).toBe(counts[0]);
  expect(counts[1]).toBeLessThanOrEqual(20);
  const [one, two] = members as readonly [Member, Member];
  const { answers } = await grouping.inOneGroup(() => [
    sell(nova.app, one, 'SOLD'),
    sell(nova.app, two, 'SOLD'),
    sell(nova.app, one, 'SOLD'),
    sell(nova.app, two, 'SOLD-2', { net: cny('6.00') }),
    sell(nova.app, two, 'SOLD-2'),
  ]);
  expect(answers.map((answer) => refusal(answer) ?? answer.replayed)).toEqual([false, 'IDEMPOTENCY_CONFLICT', true, 'VALIDATION', false]);
  const apart = await Promise.all(
    Array.from({ length: 20 }, (_, at) => sell(at % 2 === 0 ? nova.app : other, members[at % 4] as Member, `APART-${at % 5}`)),
  );
  expect(apart.filter((answer) => refusal(answer) === undefined && !answer.replayed)).toHaveLength(5);
  const sold = await nova.app.db.rows("select from exchange.sales where external_id like 'SOLD%' or external_id like 'APART%'");
  expect(sold).toHaveLength(7);
});

test('vouchers of the same moment are paid in a few statements, each once', async () => {
  const price = [10_000, 0] as const;
  await joinAndLeave(nova, 'GONE', { price, termination: { outstandingPolicy: 'BUY_BACK' } });
  const group = members.slice(0, 6);
  await earned(group, { points: 100 }, 'GONE');
  await giveNotice(nova, 'GONE');
  await nova.setClock('2026-01-20T12:00:00+08:00');
  await nova.runJob('SETTLE_TERMINATIONS', '2026-01-20T12:00:00+08:00');
  const vouchers = (await Promise.all(group.map((member) => vouchersOf(nova, member)))).flat();
  expect(vouchers).toHaveLength(6);
  const pay = async (app: TestApp, code: string, idempotencyKey = nova.newKey()) => {
    const { data, errors } = await app.graphql(operation('redeem-voucher'), {
      token: nova.operator,
      variables: { input: { idempotencyKey, code } },
    });
    expect(errors).toBeUndefined();
    return data.redeemVoucher;
  };
  const [first, ...rest] = vouchers.map(({ code }) => code) as [string, ...string[]];
  const key = nova.newKey();
  const { answers, statements } = await grouping.inOneGroup(() => [
    pay(nova.app, first, key),
    pay(nova.app, first, key),
    pay(nova.app, first),
    pay(nova.app, 'NONE'),
    pay(nova.app, '\0'),
    ...rest.map((code) => pay(nova.app, code)),
  ]);
  expect(answers.map((answer) => refusal(answer) ?? answer.replayed)).toEqual([false, true, ...many(3, 'VALIDATION'), ...many(5, false)]);
  expect(answers[1]?.voucher).toEqual(answers[0]?.voucher);
  // two that were postponed are groups of their own
  expect(statements).toBeLessThanOrEqual(25);
  expect(await nova.faults()).toEqual([]);
});

test('beside a burn that draws on a deposit accounts are locked in the one order of all', async () => {
  await joinAndLeave(nova, 'LEFT', {
    price: [10_000, 0],
    issuance: { fundingModel: 'ON_REDEMPTION' },
    termination: { outstandingPolicy: 'HONOUR', depositBps: 8_500 },
  });
  await nova.join('MART', { acceptance: { currencies: ['LEFTPT'] } });
  const [burner, returner] = members as readonly [Member, Member];
  await earned([burner], { points: 100 }, 'LEFT');
  await giveNotice(nova, 'LEFT');
  await nova.setClock('2026-01-22T12:10:00+08:00');
  await nova.runJob('SETTLE_TERMINATIONS', '2026-01-22T12:10:00+08:00');
  const { id } = redemptionOf(await nova.hold('MART', burner, 'LEFTPT', 100));
  const [returned] = (await earned([returner], { amount: cny('10.00') })) as [string];
  // given somebody who holds the account that comes first
  const accountOf = (partner: string) =>
    `select a.id from ledger.accounts a where a.kind = 'PARTNER' and a.unit = 0 and a.owner = (select p.id from partners.partners p where p.code = '${partner}')`;
  const holder = new Client({ connectionString: nova.app.url });
  await holder.connect();
  await holder.query(`begin; ${accountOf('AERO')} for update`);
  const group = grouping.inOneGroup<Pick<AccruePayload, 'userErrors'>>(() => [
    nova.capture('MART', id),
    change(nova.app, 'reverse', returned),
  ]);
  try {
    const waiting = 'select from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))';
    await until('the group waits', async () => (await holder.query(waiting)).rowCount === 1);
    // then who waits for it has none of those after it
    expect((await holder.query(`${accountOf('LEFT')} for update nowait`)).rowCount).toBe(1);
  } finally {
    await holder.end();
  }
  expect(codesOf((await group).answers)).toEqual(['done', 'done']);
  expect(await faults(nova)).toEqual([]);
});
