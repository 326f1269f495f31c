import { type GraphQLAnswer, serve, type TestApp } from '../support/app.ts';
import {
  type Input,
  type Member,
  type Nova,
  operation,
  type RedemptionPayload,
  redemptionOf,
  refusal,
  startNova,
} from '../support/coalition.ts';
import { type Grouping, openGrouping } from './one-group.ts';
import { faults, giveNotice, joinAndLeave, money } from './termination-api.ts';

let nova: Nova;
let grouping: Grouping;
let inOneGroup: Grouping['inOneGroup'];
let members: readonly Member[];
beforeAll(async () => {
  nova = await startNova({}, { LOG_LEVEL: 'silent' });
  await nova.join('DAILY', { acceptance: { currencies: ['APT', 'BPT'], perMemberDayPoints: 100 } });
  grouping = await openGrouping(nova);
  inOneGroup = grouping.inOneGroup;
  members = await Promise.all(Array.from({ length: 40 }, () => withPoints()));
});
afterAll(async () => {
  await grouping.close();
  await nova.stop();
});

async function withPoints(): Promise<Member> {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 1_000 });
  return member;
}

async function ask(app: TestApp, partner: string, name: string, input: Input): Promise<GraphQLAnswer> {
  return app.graphql(operation(name), {
    token: await nova.token(partner),
    variables: { input: { idempotencyKey: nova.newKey(), ...input } },
  });
}

async function hold(app: TestApp, partner: string, { id }: Member, points: number, more: Input = {}): Promise<RedemptionPayload> {
  const input = { member: { id }, currency: 'APT', points, orderExternalId: nova.newKey(), ...more };
  const { data, errors } = await ask(app, partner, 'hold-redemption', input);
  expect(errors).toBeUndefined();
  return data.holdRedemption;
}

const codes = (payloads: readonly RedemptionPayload[]) => payloads.map((payload) => refusal(payload) ?? 'done').toSorted();
const many = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);

test('forty holds are as many statements as ten, and so are their captures, refunds and voids', async () => {
  const done = async (send: () => readonly Promise<RedemptionPayload>[]) => {
    const { answers, statements } = await inOneGroup(send);
    expect(codes(answers)).toEqual(many(answers.length, 'done'));
    return { ids: answers.map((answer) => redemptionOf(answer).id), statements };
  };
  const counts: number[][] = [];
  // The first opens accounts.
  for (const group of [members.slice(0, 10), members.slice(0, 10), members]) {
    const held = await done(() => group.map((member) => hold(nova.app, 'DEPOT', member, 10)));
    const captured = await done(() => held.ids.map((id) => nova.capture('DEPOT', id, { points: 6 })));
    const refunded = await done(() => held.ids.map((id) => nova.refund('DEPOT', id)));
    const again = await done(() => group.map((member) => hold(nova.app, 'DEPOT', member, 10)));
    const voided = await done(() => again.ids.map((id) => nova.release('DEPOT', id)));
    counts.push([held, captured, refunded, again, voided].map(({ statements }) => statements));
  }
  expect(counts[2]).toEqual(counts[1]);
  expect(Math.max(...(counts[2] ?? []))).toBeLessThanOrEqual(20);
});

test('one key for two members in one group is done once, and repeated or in conflict', async () => {
  const [one, two] = members as readonly [Member, Member];
  const key = { idempotencyKey: nova.newKey(), orderExternalId: 'ORDER-1' };
  const { answers } = await inOneGroup(() => [one, two, one, two].map((member) => hold(nova.app, 'DEPOT', member, 10, key)));
  expect(answers.map(({ replayed }) => replayed)).toEqual([false, false, true, false]);
  expect(answers.map(refusal)).toEqual([undefined, 'IDEMPOTENCY_CONFLICT', undefined, 'IDEMPOTENCY_CONFLICT']);
  expect({ ...answers[2], replayed: false }).toEqual(answers[0]);
});

test('one member, by card and by id and in two currencies, gets what it would one after the other', async () => {
  const member = await withPoints();
  await nova.earn('BOOKS', member, { points: 1_000 });
  const byCard = { member: { cardNumber: member.cardNumber } };
  const { answers } = await inOneGroup(() =>
    Array.from({ length: 12 }, (_, at) =>
      hold(nova.app, 'DAILY', member, 30, { ...(at % 2 === 0 && byCard), currency: at % 3 === 0 ? 'BPT' : 'APT' }),
    ),
  );
  // the limit of a day is 100 points, whatever their currency
  expect(codes(answers)).toEqual([...many(9, 'REDEMPTION_LIMIT'), ...many(3, 'done')]);
  // and what one member has is burned once
  const all = await inOneGroup(() => Array.from({ length: 10 }, () => hold(nova.app, 'DEPOT', member, 300)));
  expect(codes(all.answers)).toEqual([...many(7, 'INSUFFICIENT_POINTS'), ...many(3, 'done')]);
  expect(await nova.faults()).toEqual([]);
});

test('one redemption that the database cannot take fails alone, and leaves nothing behind', async () => {
  await grouping.superuser.query(
    `create function exchange.fail() returns trigger language plpgsql as $$ begin raise exception 'a fault'; end $$`,
  );
  await grouping.superuser.query(
    `create trigger a_fault before insert on exchange.redemptions for each row when (new.order_external_id like 'POISON%') execute function exchange.fail()`,
  );
  const inputs = members.map(({ id }, at) => ({
    idempotencyKey: nova.newKey(),
    member: { id },
    currency: 'APT',
    points: 5,
    orderExternalId: at % 19 === 5 ? `POISON-${at}` : 'FINE',
  }));
  const { answers } = await inOneGroup(() => inputs.map((input) => ask(nova.app, 'DEPOT', 'hold-redemption', input)));
  expect(answers.map(({ data, errors }) => errors?.[0]?.extensions?.code ?? refusal(data.holdRedemption))).toEqual(
    members.map((_, at) => (at % 19 === 5 ? 'INTERNAL_SERVER_ERROR' : undefined)),
  );
  await grouping.superuser.query('drop trigger a_fault on exchange.redemptions; drop function exchange.fail()');
  const again = await Promise.all(inputs.map((input) => ask(nova.app, 'DEPOT', 'hold-redemption', input)));
  expect(again.map(({ data }) => data.holdRedemption.replayed)).toEqual(members.map((_, at) => at % 19 !== 5));
  expect(await nova.faults()).toEqual([]);
});

test('more than may wait is OVERLOADED, changes nothing and can be sent again; what was taken is answered before the process stops', async () => {
  const small = await serve(nova.app.url, { ACCRUALS_WAITING: '2' });
  const keys = members.slice(0, 6).map((member) => ({ member, key: { idempotencyKey: nova.newKey(), orderExternalId: 'ORDER' } }));
  let stopped: Promise<void> | undefined;
  const { answers } = await inOneGroup(() => keys.map(({ member, key }) => hold(small, 'DEPOT', member, 10, key)), {
    app: small,
    meanwhile: () => {
      stopped = small.stop();
    },
  });
  await stopped;
  expect(codes(answers)).toEqual([...many(4, 'OVERLOADED'), ...many(2, 'done')]);
  const again = await Promise.all(keys.map(({ member, key }) => hold(nova.app, 'DEPOT', member, 10, key)));
  expect(again.map(({ replayed }) => replayed)).toEqual(answers.map((answer) => refusal(answer) === undefined));
});

test('what several burn at once draws on a deposit no more than it has, and what is refunded fills it', async () => {
  await joinAndLeave(nova, 'GONE', {
    price: [10_000, 0],
    issuance: { fundingModel: 'ON_REDEMPTION' },
    termination: { outstandingPolicy: 'HONOUR', depositBps: 8_500 },
  });
  await nova.join('MART', { acceptance: { currencies: ['GONEPT'] } });
  const six = members.slice(0, 6);
  for (const member of six) await nova.earn('GONE', member, { points: 100 });
  await giveNotice(nova, 'GONE');
  await nova.setClock('2026-01-17T12:10:00+08:00');
  await nova.runJob('SETTLE_TERMINATIONS', '2026-01-17T12:10:00+08:00');
  const before = await money(nova, 'GONE');
  expect(before).toMatchObject({ deposit: 5_100_000 });
  const held = await Promise.all(six.map((member) => hold(nova.app, 'MART', member, 100, { currency: 'GONEPT' })));
  const ids = held.map((payload) => redemptionOf(payload).id);
  const captured = await inOneGroup(() => ids.map((id) => nova.capture('MART', id)));
  expect(codes(captured.answers)).toEqual(many(6, 'done'));
  // 600 points cost 6.00: 0.90 more than the deposit had
  expect(await money(nova, 'GONE')).toMatchObject({ partner: before.partner - 900_000, deposit: 0 });
  const refunded = await inOneGroup(() => ids.map((id) => nova.refund('MART', id)));
  expect(codes(refunded.answers)).toEqual(many(6, 'done'));
  expect(await money(nova, 'GONE')).toMatchObject({ partner: before.partner, deposit: 5_100_000 });
  expect(await faults(nova)).toEqual([]);
});
