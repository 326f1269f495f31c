import { type GraphQLAnswer, serve, type TestApp } from '../support/app.ts';
import { type Input, type Member, type Nova, refusal, startNova, type UserError } from '../support/coalition.ts';
import { type Exchanging, exchange, exchanging, quoteOf } from './exchange-api.ts';
import { type Giving, givingAt } from './giving-api.ts';
import { type Grouping, openGrouping } from './one-group.ts';
import { faults, giveNotice, joinAndLeave, money } from './termination-api.ts';

let nova: Nova;
let api: Exchanging;
let giving: Giving;
let grouping: Grouping;
let inOneGroup: Grouping['inOneGroup'];
let members: readonly Member[];
let friends: readonly Member[];
beforeAll(async () => {
  nova = await startNova({ AERO: { clauses: [exchange('APT', 'BPT')] } }, { LOG_LEVEL: 'silent' });
  api = exchanging(nova);
  giving = givingAt(nova);
  grouping = await openGrouping(nova);
  inOneGroup = grouping.inOneGroup;
  await giving.allow({ perMemberDayPoints: 500 });
  await nova.join('SHOP', { scope: { roles: ['ACCEPTOR', 'EXCHANGER'] }, acceptance: { currencies: ['BPT'] } });
  await nova.join('CAPPED', { currency: 'KPT', clauses: [exchange('KPT', 'BPT', { capPerCycle: 400 })] });
  members = await Promise.all(Array.from({ length: 24 }, () => api.memberWith({ AERO: 1_000, CAPPED: 200 })));
  friends = await Promise.all(Array.from({ length: 24 }, () => nova.enrol()));
});
afterAll(async () => {
  await grouping.close();
  await nova.stop();
});

interface Payload {
  readonly userErrors: readonly UserError[];
  readonly replayed?: boolean;
  readonly quote?: { readonly id: string } | null;
}

/** What a request comes to: everything but what each request reads for itself to answer it. */
async function ask(token: string, type: string, input: Input, app: TestApp = nova.app): Promise<GraphQLAnswer> {
  const name = `${type[0]?.toLowerCase()}${type.slice(1)}`;
  const more = type === 'QuoteExchange' ? 'quote { id }' : 'replayed';
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { ${more} userErrors { code field message details } } }`;
  const { data, ...rest } = await app.graphql(query, { token, variables: { input } });
  return { ...rest, data: data?.[name] };
}
async function act(token: string, type: string, input: Input, app?: TestApp): Promise<Payload> {
  const { data, errors } = await ask(token, type, input, app);
  expect(errors).toBeUndefined();
  return data;
}

const quote = ({ token }: Member, from: string, points: number) => act(token, 'QuoteExchange', { from, to: 'BPT', points });
const execute = ({ token }: Member, quoteId: string, app?: TestApp, idempotencyKey = nova.newKey()) =>
  act(token, 'ExchangePoints', { idempotencyKey, quoteId }, app);
const pay = async ({ id }: Member, from: string, points: number, app?: TestApp) =>
  act(
    await nova.token('SHOP'),
    'PayWithExchange',
    { idempotencyKey: nova.newKey(), orderExternalId: 'ORDER', member: { id }, from, currency: 'BPT', points },
    app,
  );
const give = ({ token }: Member, to: Member | undefined, points: number, more: Input = {}, app?: TestApp) =>
  act(token, 'TransferPoints', { idempotencyKey: nova.newKey(), to: { id: to?.id }, currency: 'APT', points, ...more }, app);

const quotesOf = (group: readonly Member[], from: string, points: number) =>
  Promise.all(group.map(async (member) => ({ member, id: quoteOf(await api.quote(member, from, 'BPT', points)).id })));
const codes = (payloads: readonly Payload[]) => payloads.map((payload) => refusal(payload) ?? 'done').toSorted();
const many = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);

test('twenty-four exchanges, quotes, payments and gifts are as many statements as twelve', async () => {
  const done = async (send: () => readonly Promise<Payload>[]) => {
    const { answers, statements } = await inOneGroup(send);
    expect(codes(answers)).toEqual(many(answers.length, 'done'));
    return { answers, statements };
  };
  const counts: number[][] = [];
  // The first opens accounts.
  for (const group of [members.slice(0, 12), members.slice(0, 12), members]) {
    const quoted = await done(() => group.map((member) => quote(member, 'APT', 40)));
    const ids = quoted.answers.map((answer) => answer.quote?.id ?? '');
    const exchanged = await done(() => group.map((member, at) => execute(member, ids[at] ?? '')));
    const paid = await done(() => group.map((member) => pay(member, 'APT', 19)));
    const given = await done(() => group.map((member, at) => give(member, friends[at], 5)));
    const quotes = await quotesOf(group, 'APT', 20);
    const mixed = await done(() =>
      quotes.map(
        ({ member, id }, at) =>
          [() => execute(member, id), () => pay(member, 'APT', 19), () => give(member, friends[at], 5), () => quote(member, 'APT', 1)][
            at % 4
          ]?.() ?? Promise.reject(new Error('nothing is asked')),
      ),
    );
    counts.push([quoted, exchanged, paid, given, mixed].map(({ statements }) => statements));
  }
  expect(counts[2]).toEqual(counts[1]);
  expect(Math.max(...(counts[2] ?? []))).toBeLessThanOrEqual(40);
  expect(await nova.faults()).toEqual([]);
});

test('of a group no more is exchanged than the cap of the cycle lets, and what is refused changes nothing', async () => {
  const quotes = await quotesOf(members, 'KPT', 30);
  const before = await nova.countRows();
  const { answers } = await inOneGroup(() => quotes.map(({ member, id }) => execute(member, id)));
  // 13 x 30 = 390
  expect(codes(answers)).toEqual([...many(11, 'CAP_EXCEEDED'), ...many(13, 'done')]);
  for (const { userErrors } of answers) for (const error of userErrors) expect(error.details).toEqual({ limit: 400, remaining: 10 });
  const after = await nova.countRows();
  // besides what kept the lanes
  expect((after.postings ?? 0) - (before.postings ?? 0)).toBe(13 + 2);
  const left = await Promise.all(members.map(async (member) => (await nova.balanceOf(member, 'KPT')).available));
  expect(left).toEqual(answers.map((answer) => (refusal(answer) === undefined ? 170 : 200)));
  // what a member has not got is nothing that others could not exchange; a cap is said before it
  const poor = friends[0] as Member;
  const last = await inOneGroup(() => [pay(poor, 'KPT', 19), pay(poor, 'KPT', 21), pay(members[0] as Member, 'KPT', 19)]);
  expect(last.answers.map(refusal)).toEqual(['INSUFFICIENT_POINTS', 'CAP_EXCEEDED', undefined]);
  expect(await nova.faults()).toEqual([]);
});

test('two executions of one quote in one group are one, and the other comes too late or is answered like it', async () => {
  const [one, two, three] = await quotesOf(members.slice(0, 3), 'APT', 40);
  if (one === undefined || two === undefined || three === undefined) throw new Error('there are no quotes');
  const byShop = quoteOf(await api.ask(await nova.token('SHOP'), { member: { id: three.member.id }, from: 'APT', to: 'BPT', points: 40 }));
  const key = nova.newKey();
  const { answers } = await inOneGroup(() => [
    execute(one.member, one.id),
    execute(one.member, one.id),
    execute(two.member, two.id, nova.app, key),
    execute(two.member, two.id, nova.app, key),
    execute(three.member, byShop.id),
    nova.token('SHOP').then((token) => act(token, 'ExchangePoints', { idempotencyKey: nova.newKey(), quoteId: byShop.id })),
  ]);
  expect([0, 2, 4].map((at) => codes(answers.slice(at, at + 2)))).toEqual([
    ['QUOTE_EXPIRED', 'done'],
    many(2, 'done'),
    ['QUOTE_EXPIRED', 'done'],
  ]);
  expect(answers.filter(({ replayed }) => replayed)).toHaveLength(1);
  expect(await nova.faults()).toEqual([]);
});

test('a gift and what its receiver does at the same moment are both done, and the limit of a day holds', async () => {
  const [giver, receiver, third] = await Promise.all([api.memberWith({ AERO: 1_000 }), nova.enrol(), nova.enrol()]);
  const { answers } = await inOneGroup(() => [
    ...Array.from({ length: 8 }, () => give(giver, receiver, 90)),
    give(receiver, third, 10),
    give(third, giver, 5),
    pay(giver, 'APT', 19),
  ]);
  // 5 x 90 = 450
  expect(codes(answers.slice(0, 8))).toEqual([...many(3, 'CAP_EXCEEDED'), ...many(5, 'done')]);
  const left = await Promise.all([giver, receiver, third].map(async (member) => (await nova.balanceOf(member, 'APT')).available));
  expect(left.reduce((sum, points) => sum + points, 0)).toBe(1_000 - 10);
  expect(await nova.faults()).toEqual([]);
});

test('one exchange and one gift that the database cannot take fail alone, and leave nothing behind', async () => {
  await grouping.superuser.query(`
    create function exchange.fail() returns trigger language plpgsql as $$ begin raise exception 'a fault'; end $$;
    create trigger a_fault before insert on exchange.exchanges for each row when (new.debited = 13) execute function exchange.fail();
    create trigger a_fault before insert on exchange.transfers for each row when (new.note = 'POISON') execute function exchange.fail()`);
  const givers = members.slice(12);
  const quotes = await Promise.all(
    members.slice(0, 12).map(async (member, at) => quoteOf(await api.quote(member, 'APT', 'BPT', at === 5 ? 13 : 14)).id),
  );
  const requests = [
    ...quotes.map((quoteId, at) => ({ token: members[at]?.token ?? '', type: 'ExchangePoints', input: { quoteId } })),
    ...givers.map(({ token }, at) => ({
      token,
      type: 'TransferPoints',
      input: { to: { id: friends[at]?.id }, currency: 'APT', points: 3, note: at === 7 ? 'POISON' : 'FINE' },
    })),
  ].map(({ input, ...request }) => ({ ...request, input: { idempotencyKey: nova.newKey(), ...input } }));
  const isPoison = (at: number) => at === 5 || at === 12 + 7;
  const { answers } = await inOneGroup(() => requests.map(({ token, type, input }) => ask(token, type, input)));
  expect(answers.map(({ data, errors }) => errors?.[0]?.extensions?.code ?? refusal(data))).toEqual(
    requests.map((_, at) => (isPoison(at) ? 'INTERNAL_SERVER_ERROR' : undefined)),
  );
  await grouping.superuser.query(
    'drop trigger a_fault on exchange.exchanges; drop trigger a_fault on exchange.transfers; drop function exchange.fail()',
  );
  const again = await Promise.all(requests.map(({ token, type, input }) => act(token, type, input)));
  expect(again.map(({ replayed }) => replayed)).toEqual(requests.map((_, at) => !isPoison(at)));
  expect(await nova.faults()).toEqual([]);
});

test('more than may wait is OVERLOADED and changes nothing', async () => {
  const small = await serve(nova.app.url, { ACCRUALS_WAITING: '2' });
  const { answers } = await inOneGroup(() => members.slice(0, 6).map((member, at) => give(member, friends[at], 1, {}, small)), {
    app: small,
  });
  expect(codes(answers)).toEqual([...many(4, 'OVERLOADED'), ...many(2, 'done')]);
  await small.stop();
  expect(await nova.faults()).toEqual([]);
});

test('what several exchange and pay at once draws on a deposit no more than it has', async () => {
  await joinAndLeave(nova, 'GONE', {
    price: [10_000, 0],
    issuance: { fundingModel: 'ON_REDEMPTION' },
    termination: { outstandingPolicy: 'HONOUR', depositBps: 8_500 },
    clauses: [exchange('GONEPT', 'BPT', { spreadBps: 0 })],
  });
  const six = members.slice(0, 6);
  for (const member of six) await nova.earn('GONE', member, { points: 100 });
  await giveNotice(nova, 'GONE');
  await nova.setClock('2026-01-17T12:10:00+08:00');
  await nova.runJob('SETTLE_TERMINATIONS', '2026-01-17T12:10:00+08:00');
  const before = await money(nova, 'GONE');
  expect(before).toMatchObject({ deposit: 5_100_000 });
  const quotes = await quotesOf(six.slice(0, 3), 'GONEPT', 100);
  const { answers } = await inOneGroup(() => [
    ...quotes.map(({ member, id }) => execute(member, id)),
    ...six.slice(3).map((member) => pay(member, 'GONEPT', 200)),
  ]);
  expect(codes(answers)).toEqual(many(6, 'done'));
  // 600 points cost 6.00: 0.90 more than the deposit had
  expect(await money(nova, 'GONE')).toMatchObject({ partner: before.partner - 900_000, deposit: 0 });
  expect(await faults(nova)).toEqual([]);
});
