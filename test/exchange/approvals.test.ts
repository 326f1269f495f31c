import { Client } from 'pg';
import { cny, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { type ApprovalApi, approvalApi } from './approval-api.ts';

let nova: Nova;
let api: ApprovalApi;
beforeAll(async () => {
  nova = await startNova();
  api = approvalApi(nova);
});
afterAll(() => nova.stop());

async function memberWith(points: number): Promise<Member> {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points });
  return member;
}

const ask = (member: Member, points: number, more: object = {}) =>
  nova.hold('DEPOT', member, 'APT', points, { memberApproval: true, ...more });

async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await nova.countRows();
  const result = await work();
  expect(await nova.countRows()).toEqual(before);
  return result;
}

describe('from so many points on as the policy says', () => {
  const policy = async (fromPoints: unknown) => {
    const input = { idempotencyKey: nova.newKey(), fromPoints };
    return nova.run<{ setApprovalPolicy: { program: object | null; userErrors: { code: string }[] } }>(
      nova.operator,
      'set-approval-policy',
      {
        input,
      },
    );
  };
  afterAll(() => policy(null));

  test('a hold waits for the member, and without a policy none does', async () => {
    const member = await memberWith(30_000);
    expect(redemptionOf(await nova.hold('DEPOT', member, 'APT', 9_000)).status).toBe('HELD');
    expect(await policy(5_000)).toMatchObject({
      setApprovalPolicy: { program: { memberApproval: { fromPoints: 5_000 } }, userErrors: [] },
    });
    const status = async (points: number, more = {}) => redemptionOf(await nova.hold('DEPOT', member, 'APT', points, more)).status;
    expect(await status(4_999)).toBe('HELD');
    expect(await status(5_000)).toBe('AWAITING_MEMBER_APPROVAL');
    expect(await status(1, { memberApproval: true })).toBe('AWAITING_MEMBER_APPROVAL');
    expect(await status(5_000, { member: { redemptionToken: await api.show(member) }, memberApproval: false })).toBe(
      'AWAITING_MEMBER_APPROVAL',
    );
    expect((await api.awaiting(member)).map(({ heldPoints }) => heldPoints).sort()).toEqual([1, 5_000, 5_000]);
    expect(await policy(null)).toMatchObject({ setApprovalPolicy: { program: { memberApproval: { fromPoints: null } } } });
    expect(await status(5_000)).toBe('HELD');
  });

  test.each([0, -1])('but not from %s on', async (fromPoints) => {
    expect(await policy(fromPoints)).toMatchObject({ setApprovalPolicy: { program: null, userErrors: [{ code: 'VALIDATION' }] } });
  });

  test('as the operator alone says', async () => {
    const member = await nova.enrol();
    for (const token of [member.token, await nova.token('DEPOT')]) {
      const { data } = await nova.answer(token, 'set-approval-policy', { input: { idempotencyKey: 'x', fromPoints: 1 } });
      expect(data.setApprovalPolicy).toMatchObject({ program: null, userErrors: [{ code: 'FORBIDDEN' }] });
    }
  });
});

test('points that await an approval are set aside, captured by nobody, and after the approval like any hold', async () => {
  const member = await memberWith(5_000);
  const what = { idempotencyKey: 'await-1', orderExternalId: 'TV' };
  const held = await ask(member, 3_000, what);
  expect(held).toMatchObject({
    redemption: { status: 'AWAITING_MEMBER_APPROVAL', heldPoints: 3_000, tenderValue: cny('30.00') },
    balance: { available: 2_000, held: 3_000 },
  });
  const { id } = redemptionOf(held);
  expect(refusal(await leavesNothing(() => ask(member, 2_001)))).toBe('INSUFFICIENT_POINTS');
  expect((await leavesNothing(() => nova.capture('DEPOT', id))).userErrors).toMatchObject([{ code: 'STEP_UP_REQUIRED' }]);
  expect(refusal(await leavesNothing(() => nova.refund('DEPOT', id)))).toBe('VALIDATION');
  expect(await api.awaiting(member)).toMatchObject([{ id, heldPoints: 3_000, partner: { code: 'DEPOT' } }]);
  // when the member approves it, once, however often that is sent
  const approved = await api.approve(member, id, 'yes');
  expect(approved).toMatchObject({ redemption: { id, status: 'HELD' }, balance: { available: 2_000, held: 3_000 }, userErrors: [] });
  expect(await api.approve(member, id, 'yes')).toEqual({ ...approved, replayed: true });
  expect(refusal(await leavesNothing(() => api.approve(member, id)))).toBe('HOLD_RESOLVED');
  expect(refusal(await leavesNothing(() => api.decline(member, id)))).toBe('HOLD_RESOLVED');
  expect(await api.awaiting(member)).toEqual([]);
  // then it is captured in part, and each is still told what it was told first
  const captured = await nova.capture('DEPOT', id, { points: 1_000 });
  expect(captured).toMatchObject({ redemption: { status: 'CAPTURED', releasedPoints: 2_000 }, balance: { available: 4_000, held: 0 } });
  expect(await api.approve(member, id, 'yes')).toEqual({ ...approved, replayed: true });
  expect(await ask(member, 3_000, what)).toEqual({ ...held, replayed: true });
  expect(refusal(await api.approve(member, id))).toBe('HOLD_RESOLVED');
  expect(refusal(await nova.refund('DEPOT', id))).toBeUndefined();
});

test('what the member declines, or the partner gives up, goes back', async () => {
  const member = await memberWith(1_000);
  const [one, two] = [redemptionOf(await ask(member, 400)).id, redemptionOf(await ask(member, 500)).id];
  const declined = await api.decline(member, one, 'no');
  expect(declined).toMatchObject({
    redemption: { status: 'VOIDED', releasedPoints: 400, approvedAt: null },
    balance: { available: 500, held: 500 },
  });
  expect(await api.decline(member, one, 'no')).toEqual({ ...declined, replayed: true });
  expect(await nova.release('DEPOT', two)).toMatchObject({ redemption: { status: 'VOIDED' }, balance: { available: 1_000, held: 0 } });
  for (const id of [one, two]) {
    for (const attempt of [api.approve, api.decline]) expect(refusal(await leavesNothing(() => attempt(member, id)))).toBe('HOLD_RESOLVED');
    expect(refusal(await leavesNothing(() => nova.capture('DEPOT', id)))).toBe('HOLD_RESOLVED');
  }
});

test('of approvals, refusals and captures at the same moment one answer stands, and what it allows', async () => {
  const member = await memberWith(10_000);
  for (let round = 0; round < 6; round += 1) {
    const { id } = redemptionOf(await ask(member, 100));
    const attempts = [1, 2, 3].flatMap(() => [api.approve(member, id), api.decline(member, id), nova.capture('DEPOT', id)]);
    const told = (await Promise.all(attempts)).map((one, at) => `${['approve', 'decline', 'capture'][at % 3]} ${refusal(one) ?? 'done'}`);
    expect(told.filter((one) => !/ (done|HOLD_RESOLVED)$|^capture STEP_UP_REQUIRED$/.test(one))).toEqual([]);
    const done = told.filter((one) => one.endsWith(' done')).sort();
    expect(['approve done', 'approve done,capture done', 'decline done']).toContain(String(done));
  }
  expect(await nova.faults()).toEqual([]);
});

test('a redemption of others is told from an unknown one by nothing', async () => {
  const [member, other] = [await memberWith(1_000), await nova.enrol()];
  const { id } = redemptionOf(await ask(member, 100));
  const unknown = `${id.slice(0, 4)}${'0'.repeat(id.length - 4)}`;
  for (const attempt of [api.approve, api.decline]) {
    const answers = await leavesNothing(() => Promise.all([id, unknown, 'nonsense', '\0', member.id].map((one) => attempt(other, one))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({
      redemption: null,
      balance: null,
      userErrors: [{ code: 'FORBIDDEN', field: ['input', 'redemptionId'] }],
    });
  }
  for (const token of [nova.operator, await nova.token('DEPOT')]) {
    for (const [name, field] of [
      ['approve-step-up', 'approveStepUp'],
      ['decline-redemption', 'declineRedemption'],
    ] as const) {
      const { data } = await nova.answer(token, name, { input: { idempotencyKey: 'mine', redemptionId: id } });
      expect(data[field]).toMatchObject({ redemption: null, userErrors: [{ code: 'FORBIDDEN' }] });
    }
  }
  const { errors } = await nova.app.graphql(`{ member(ref: { id: "${member.id}" }) { awaitingApproval { id } } }`, {
    token: await nova.token('DEPOT'),
  });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect((await api.awaiting(member)).map((one) => one.id)).toEqual([id]);
});

test('a suspended member approves nothing, but may decline', async () => {
  const member = await memberWith(1_000);
  const { id } = redemptionOf(await ask(member, 100));
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  expect(refusal(await leavesNothing(() => api.approve(member, id)))).toBe('MEMBER_SUSPENDED');
  expect(await api.decline(member, id)).toMatchObject({ redemption: { status: 'VOIDED' }, balance: { available: 1_000 } });
});

test('what awaits an approval counts in the limit of a day', async () => {
  await nova.join('DAILY', { acceptance: { currencies: ['APT'], perMemberDayPoints: 500 } });
  const member = await memberWith(1_000);
  const { id } = redemptionOf(await nova.hold('DAILY', member, 'APT', 400, { memberApproval: true }));
  expect(refusal(await nova.hold('DAILY', member, 'APT', 101))).toBe('REDEMPTION_LIMIT');
  await api.decline(member, id);
  expect(refusal(await nova.hold('DAILY', member, 'APT', 500))).toBeUndefined();
});

describe('the database itself', () => {
  let owner: Client;
  let id = '';
  beforeAll(async () => {
    owner = new Client({ connectionString: nova.app.url });
    await owner.connect();
    const member = await memberWith(100);
    id = redemptionOf(await ask(member, 100)).id.slice('red_'.length);
  });
  afterAll(() => owner.end());

  async function broken(change: string, of = id): Promise<string | undefined> {
    try {
      await owner.query('begin');
      await owner.query(`update exchange.redemptions set ${change} where id = '${of}'`);
      return undefined;
    } catch (error) {
      return (error as { constraint?: string }).constraint;
    } finally {
      await owner.query('rollback');
    }
  }

  test.each([
    ['only_what_needs_approval_awaits_it', 'needs_approval = false'],
    ['only_what_needs_approval_awaits_it', 'approved_at = created_at'],
    ['nothing_is_burned_before_its_member_approved', "status = 'HELD'"],
    ['nothing_is_burned_before_its_member_approved', "status = 'CAPTURED', captured_points = 100"],
    ['nothing_is_burned_before_its_member_approved', 'captured_points = 1'],
    ['an_approval_is_given_where_it_is_needed_and_in_time', "status = 'HELD', approved_at = expires_at"],
    ['an_approval_is_given_where_it_is_needed_and_in_time', "status = 'HELD', approved_at = created_at, needs_approval = false"],
  ])('refuses by %s: %s', async (constraint, change) => {
    expect(await broken(change)).toBe(constraint);
  });

  test('refuses by an_approval_is_asked_from_one_point_on', async () => {
    await expect(owner.query('update partners.program set approval_from_points = 0')).rejects.toMatchObject({
      constraint: 'an_approval_is_asked_from_one_point_on',
    });
  });
});

test('what nobody approved in time goes back by itself, and cannot be approved in the meantime', async () => {
  const member = await memberWith(1_000);
  const [one, two] = [redemptionOf(await ask(member, 300)), redemptionOf(await ask(member, 200, { holdSeconds: 2_000_000 }))];
  const after = new Date(new Date(one.expiresAt).getTime() + 1_000).toISOString();
  await nova.setClock(after);
  for (const attempt of [api.approve, api.decline]) {
    expect(refusal(await leavesNothing(() => attempt(member, one.id)))).toBe('HOLD_EXPIRED');
  }
  expect(refusal(await leavesNothing(() => nova.capture('DEPOT', one.id)))).toBe('HOLD_EXPIRED');
  expect((await api.awaiting(member)).map(({ id }) => id)).toEqual([two.id]);
  expect((await nova.runJob('EXPIRE_HOLDS', after)).run?.affected).toBeGreaterThanOrEqual(1);
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 800, held: 200 });
  expect(refusal(await api.approve(member, one.id))).toBe('HOLD_EXPIRED');
  expect(refusal(await api.approve(member, two.id))).toBeUndefined();
  expect(await nova.faults()).toEqual([]);
});
