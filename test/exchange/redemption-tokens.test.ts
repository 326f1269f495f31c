import { Client } from 'pg';
import { type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { type ApprovalApi, approvalApi } from './approval-api.ts';
import { EXCHANGING, exchanging } from './exchange-api.ts';
import { givingAt } from './giving-api.ts';

let nova: Nova;
let api: ApprovalApi;
beforeAll(async () => {
  nova = await startNova(EXCHANGING);
  api = approvalApi(nova);
});
afterAll(() => nova.stop());

async function memberWith(points: number): Promise<Member> {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points });
  await nova.earn('BOOKS', member, { points });
  return member;
}

const scan = (redemptionToken: string, points = 100, more: object = {}, partner = 'DEPOT') =>
  nova.hold(partner, { id: '', cardNumber: '', token: '' }, 'APT', points, { member: { redemptionToken }, ...more });

const clock = async () => (await nova.app.db.rows<{ now: Date }>('select platform.now() as now'))[0]?.now ?? new Date(0);
const forwards = async (seconds: number) => nova.setClock(new Date((await clock()).getTime() + seconds * 1000).toISOString());

test('[B13] a member shows a code at the till: it pays once, the second scan is TOKEN_USED, and after 60 seconds it is TOKEN_EXPIRED', async () => {
  const member = await memberWith(5000);
  // given a token of a minute
  const before = await clock();
  const { token, replayed, userErrors } = await api.token(member);
  expect([replayed, userErrors]).toEqual([false, []]);
  expect(token?.value).toMatch(/^qr_[\w-]{22}$/);
  const lasts = new Date(token?.expiresAt ?? '').getTime() - before.getTime();
  expect(lasts).toBeGreaterThanOrEqual(60_000);
  expect(lasts).toBeLessThan(65_000);
  // when a partner that knows nothing else of the member scans it
  const what = { idempotencyKey: 'till-1', orderExternalId: 'BILL-1' };
  const held = await scan(token?.value ?? '', 2000, what);
  expect(held).toMatchObject({ redemption: { status: 'HELD', heldPoints: 2000 }, balance: { available: 3000, held: 2000 } });
  // then it pays no second time, neither there nor elsewhere, but the till that repeats itself is answered
  const rows = await nova.countRows();
  expect((await scan(token?.value ?? '')).userErrors).toMatchObject([
    { code: 'TOKEN_USED', field: ['input', 'member', 'redemptionToken'] },
  ]);
  expect(refusal(await scan(token?.value ?? '', 100, {}, 'CAFE'))).toBe('TOKEN_USED');
  expect(await scan(token?.value ?? '', 2000, what)).toEqual({ ...held, replayed: true });
  expect(await nova.countRows()).toEqual(rows);
  expect(redemptionOf(await nova.capture('DEPOT', redemptionOf(held).id)).status).toBe('CAPTURED');
  // and one that nobody scanned in time pays nothing any more
  const late = await api.show(member);
  await forwards(61);
  expect((await scan(late)).userErrors).toMatchObject([{ code: 'TOKEN_EXPIRED' }]);
  expect(refusal(await scan(token?.value ?? ''))).toBe('TOKEN_USED');
  expect(refusal(await scan(await api.show(member)))).toBeUndefined();
});

test('of twenty tills that scan one code at the same moment exactly one is paid, whichever of two currencies they ask for', async () => {
  const member = await memberWith(5000);
  const value = await api.show(member);
  const all = await Promise.all(Array.from({ length: 20 }, (_, at) => scan(value, 100, { currency: ['APT', 'BPT'][at % 2] })));
  expect(all.map(refusal).sort()).toEqual([...Array.from({ length: 19 }, () => 'TOKEN_USED'), undefined]);
  const held = await Promise.all(['APT', 'BPT'].map(async (currency) => (await nova.balanceOf(member, currency)).held));
  expect(held.reduce((sum, points) => sum + points, 0)).toBe(100);
});

test('a hold that is refused leaves the token as it was', async () => {
  const member = await memberWith(50);
  const value = await api.show(member);
  expect(refusal(await scan(value, 51))).toBe('INSUFFICIENT_POINTS');
  expect(refusal(await scan(value, 0))).toBe('VALIDATION');
  expect(refusal(await scan(value, 50))).toBeUndefined();
});

test('a new token replaces the one before; asked for twice under one key there is one, and its value is not said again', async () => {
  const member = await memberWith(500);
  const [first, second] = [await api.show(member), await api.token(member, 'show')];
  expect(refusal(await scan(first))).toBe('TOKEN_EXPIRED');
  expect(await api.token(member, 'show')).toEqual({ ...second, token: { ...second.token, value: null }, replayed: true });
  expect(refusal(await scan(second.token?.value ?? ''))).toBeUndefined();
  // Many at once leave one that is good.
  const many = await Promise.all(Array.from({ length: 8 }, () => api.show(member)));
  expect(new Set(many).size).toBe(8);
  const said: (string | undefined)[] = [];
  for (const value of many) said.push(refusal(await scan(value, 10)));
  expect(said.sort()).toEqual([...Array.from({ length: 7 }, () => 'TOKEN_EXPIRED'), undefined]);
});

test('what nobody was given is no member, and whoever may not pay gets no token', async () => {
  const member = await memberWith(100);
  for (const value of ['', 'x', '\0', '\ud800', 'qr_AAAAAAAAAAAAAAAAAAAAAA', member.cardNumber]) {
    expect((await scan(value)).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'member'] }]);
  }
  for (const token of [nova.operator, await nova.token('DEPOT')]) {
    const { data } = await nova.answer(token, 'create-redemption-token', { input: { idempotencyKey: 'mine' } });
    expect(data.createRedemptionToken).toMatchObject({ token: null, userErrors: [{ code: 'FORBIDDEN' }] });
  }
  const unnamed = await nova.answer(undefined, 'create-redemption-token', { input: { idempotencyKey: 'mine' } });
  expect(unnamed.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  const value = await api.show(member);
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  expect(refusal(await api.token(member))).toBe('MEMBER_SUSPENDED');
  expect(refusal(await scan(value))).toBe('MEMBER_SUSPENDED');
});

test('a token names who pays and nothing else: where points are earned or a member is read it is refused, and stays good', async () => {
  const member = await memberWith(100);
  const redemptionToken = await api.show(member);
  const named = { member: { redemptionToken } };
  const earned = await nova.earn('AERO', member, { points: 1, ...named });
  expect(earned.userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', 'member', 'redemptionToken'] }]);
  const read = await nova.answer(await nova.token('DEPOT'), 'member-profile', { ref: { redemptionToken } });
  expect(read.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  const both = await nova.hold('DEPOT', member, 'APT', 1, { member: { redemptionToken, id: member.id } });
  expect(refusal(both)).toBe('VALIDATION');
  expect(refusal(await scan(redemptionToken))).toBeUndefined();
});

test('a reward at the counter and a purchase with exchanged points use a token up as a hold does, and answer a repetition all the same', async () => {
  const member = await memberWith(1_000);
  await nova.operate('publish-reward', { partner: 'AERO', code: 'SEAT', name: 'Seat', kind: 'SERVICE', currency: 'APT', points: 300 });
  const [aero, giving, shop] = [await nova.token('AERO'), givingAt(nova), exchanging(nova)];
  const seat = { reward: { partner: 'AERO', code: 'SEAT' } };
  const atlas = { orderExternalId: 'ATLAS', from: 'APT', currency: 'BPT', points: 190 };
  // given a token that a reward uses
  const first = { member: { redemptionToken: await api.show(member) } };
  const taken = await giving.takeReward(aero, { idempotencyKey: 'counter-1', ...first, ...seat });
  expect(taken).toMatchObject({ redemption: { status: 'CAPTURED', capturedPoints: 300 }, replayed: false });
  expect(refusal(await shop.pay('BOOKS', member, { ...atlas, ...first }))).toBe('TOKEN_USED');
  // and one that a refused reward leaves to a purchase
  const second = { member: { redemptionToken: await api.show(member) } };
  expect(refusal(await giving.takeReward(aero, { ...second, reward: { partner: 'AERO', code: 'NONE' } }))).toBe('VALIDATION');
  const bought = await shop.pay('BOOKS', member, { idempotencyKey: 'counter-2', ...atlas, ...second });
  expect(bought).toMatchObject({ redemption: { status: 'CAPTURED', capturedPoints: 190 }, replayed: false });
  // then neither pays once more, and a repetition is answered as the first time
  for (const { member: named } of [first, second]) {
    expect(refusal(await scan(named.redemptionToken))).toBe('TOKEN_USED');
    expect(refusal(await giving.takeReward(aero, { ...seat, member: named }))).toBe('TOKEN_USED');
  }
  expect(await giving.takeReward(aero, { idempotencyKey: 'counter-1', ...first, ...seat })).toEqual({ ...taken, replayed: true });
  expect(await shop.pay('BOOKS', member, { idempotencyKey: 'counter-2', ...atlas, ...second })).toEqual({ ...bought, replayed: true });
  expect((await nova.balanceOf(member, 'APT')).available).toBe(1_000 - 300 - (bought.exchange?.debited ?? 0));
});

test('a token is kept as its hash, and deleted a week after its end', async () => {
  const member = await memberWith(100);
  const what = { idempotencyKey: 'week', orderExternalId: 'WEEK' };
  const value = await api.show(member);
  const held = await scan(value, 10, what);
  const kept = await nova.app.db.rows<{ row: string }>(
    'select t::text as row from members.redemption_tokens t union all select k::text from platform.idempotency_keys k',
  );
  expect(kept.length).toBeGreaterThan(2);
  expect(kept.filter(({ row }) => row.includes(value) || row.includes(value.slice(3)))).toEqual([]);
  const count = async () => (await nova.app.db.rows<{ n: bigint }>('select count(*) as n from members.redemption_tokens'))[0]?.n;
  const all = Number(await count());
  const day = 24 * 60 * 60;
  const asOf = async () => (await clock()).toISOString();
  await forwards(6 * day);
  await nova.runJob('DELETE_QUOTES', await asOf());
  expect(Number(await count())).toBe(all);
  expect(refusal(await scan(value))).toBe('TOKEN_USED');
  await forwards(2 * day);
  expect((await nova.runJob('DELETE_QUOTES', await asOf())).run?.affected).toBe(all);
  expect(refusal(await scan(value))).toBe('VALIDATION');
  // What was paid with it is answered all the same.
  expect(await scan(value, 10, what)).toMatchObject({ redemption: { id: redemptionOf(held).id }, replayed: true });
});

describe('the database itself', () => {
  let owner: Client;
  let memberId = '';
  beforeAll(async () => {
    owner = new Client({ connectionString: nova.app.url });
    await owner.connect();
    const [member] = await nova.app.db.rows<{ id: string }>('select id from members.members limit 1');
    memberId = member?.id ?? '';
  });
  afterAll(() => owner.end());

  const HOUR = '2027-01-01T00:00';
  const token = (hash: string, more: Record<string, string> = {}) => {
    const row = {
      hash: `sha256('${hash}')`,
      member_id: `'${memberId}'`,
      created_at: `'${HOUR}:00Z'`,
      expires_at: `'${HOUR}:60Z'`,
      ...more,
    };
    return `insert into members.redemption_tokens (${Object.keys(row)}) values (${Object.values(row)})`;
  };

  async function broken(...statements: string[]): Promise<string | undefined> {
    await owner.query('begin');
    try {
      for (const statement of statements) await owner.query(statement);
      return undefined;
    } catch (error) {
      return (error as { constraint?: string }).constraint;
    } finally {
      await owner.query('rollback');
    }
  }

  test.each<[string, () => string[]]>([
    ['a_redemption_token_is_given_once', () => [token('a', { used_at: `'${HOUR}:30Z'` }), token('a')]],
    ['a_redemption_token_is_kept_as_a_hash', () => [token('a', { hash: "'qr_clear'" })]],
    ['a_redemption_token_lasts_a_minute_at_most', () => [token('a', { expires_at: `'${HOUR}:60.001Z'` })]],
    ['a_redemption_token_lasts_a_minute_at_most', () => [token('a', { expires_at: `'${HOUR}:00Z'` })]],
    ['a_redemption_token_is_used_in_its_time', () => [token('a', { used_at: `'${HOUR}:60Z'` })]],
    ['a_redemption_token_is_used_or_replaced', () => [token('a', { used_at: `'${HOUR}:30Z'`, replaced_at: `'${HOUR}:31Z'` })]],
    ['a_member_shows_one_redemption_token_at_a_time', () => [token('a'), token('b')]],
  ])('refuses by %s', async (constraint, statements) => {
    const unused = 'update members.redemption_tokens set replaced_at = created_at where used_at is null and replaced_at is null';
    expect(await broken(unused, token('c', { replaced_at: 'now()' }))).toBeUndefined();
    expect(await broken(unused, ...statements())).toBe(constraint);
  });
});

test('after all of it the ledger is intact', async () => {
  expect(await nova.faults()).toEqual([]);
});
