import { serve } from '../support/app.ts';
import { type AccruePayload, cny, type Member, type Nova, operation, refusal, startNova } from '../support/coalition.ts';
import { type ApprovalApi, approvalApi } from './approval-api.ts';

let nova: Nova;
let api: ApprovalApi;
beforeAll(async () => {
  nova = await startNova({ AERO: { currency: 'APT', issuance: { creditLimit: { minor: '60000', currency: 'CNY' } } } });
  api = approvalApi(nova);
});
afterAll(() => nova.stop());

/** A sequence of numbers that is the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('a storm of earning, burning and returning at the same moment leaves every balance, pool and limit exact', async () => {
  const members: Member[] = [];
  for (let n = 0; n < 6; n += 1) members.push(await nova.enrol());
  const next = numbers(20_260_115);
  const member = () => members[next(members.length)] ?? (members[0] as Member);
  const faults: unknown[] = [];
  const outcomes = new Map<string, number>();
  const count = (
    kind: string,
    payload: {
      userErrors: readonly { code: string; field: readonly string[] | null; message: string; details: null | Record<string, unknown> }[];
    },
  ) => {
    const key = `${kind} ${refusal(payload) ?? 'done'}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  };
  const brands = ['AERO', 'BOOKS', 'CAFE'] as const;
  const codes = ['APT', 'BPT', 'CPT'] as const;

  async function act(kind: number): Promise<void> {
    const which = next(3);
    const [partner = 'AERO', currency = 'APT'] = [brands[which], codes[which]];
    const who = member();
    if (kind < 4) {
      const earned = await nova.earn(partner, who, { points: 1 + next(2_000), confirm: next(4) === 0 ? 'MANUAL' : 'AUTO' });
      count('earn', earned);
      if (earned.accrual === null) return;
      if (earned.accrual.status === 'PENDING')
        count('settle', next(2) === 0 ? await nova.confirm(partner, earned.accrual.id) : await nova.cancel(partner, earned.accrual.id));
      if (next(3) === 0) count('return', await nova.reverse(partner, earned.accrual.id, { points: 1 + next(earned.accrual.points) }));
    } else if (kind < 5) {
      const inputs = Array.from({ length: 12 }, () => nova.accrueInput(member(), { points: 1 + next(300) }));
      for (const one of (await nova.earnMany(partner, [...inputs, ...inputs.slice(0, 3)])).results) count('batch', one);
    } else {
      const code = next(4) === 0 ? { member: { redemptionToken: await api.show(who) } } : {};
      const held = await nova.hold('DEPOT', who, currency, 1 + next(900), { memberApproval: next(4) === 0, ...code });
      count('hold', held);
      if (held.redemption === null) return;
      const { id, heldPoints, status } = held.redemption;
      if (status === 'AWAITING_MEMBER_APPROVAL') count('answer', await (next(3) === 0 ? api.decline : api.approve)(who, id));
      const [captured] = await Promise.all([
        nova.capture('DEPOT', id, { points: 1 + next(heldPoints) }),
        ...(next(3) === 0 ? [nova.release('DEPOT', id)] : []),
      ]);
      count('capture', captured);
      if (next(3) === 0) count('refund', await nova.refund('DEPOT', id));
    }
  }

  for (let round = 0; round < 6; round += 1) {
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => act(next(10))));
    faults.push(...results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])));
  }
  // then nothing went wrong but what is expected to be refused
  expect(faults).toEqual([]);
  expect(
    [...outcomes.keys()].filter(
      (key) => !/ (done|INSUFFICIENT_POINTS|CREDIT_LIMIT|HOLD_RESOLVED|TOKEN_EXPIRED|REVERSAL_EXCEEDS_ORIGINAL)$/.test(key),
    ),
  ).toEqual([]);
  expect([...outcomes.keys()]).toEqual(
    expect.arrayContaining([
      'earn done',
      'batch done',
      'hold done',
      'hold INSUFFICIENT_POINTS',
      'capture done',
      'refund done',
      'return done',
      'answer done',
    ]),
  );
  expect(await nova.faults()).toEqual([]);
  const { exposure } = await nova.positionOf('AERO');
  expect(Number(exposure.used.minor)).toBeLessThanOrEqual(60_000);

  // and what members see adds up to what is outstanding
  const { poolCoverage } = await nova.run<{ poolCoverage: { currency: { code: string }; outstanding: number }[] }>(
    nova.operator,
    'pool-coverage',
  );
  for (const { currency, outstanding } of poolCoverage) {
    const balances = await Promise.all(members.map((one) => nova.balanceOf(one, currency.code)));
    expect(balances.reduce((sum, { available, held }) => sum + available + held, 0)).toBe(outstanding);
  }
});

test('two processes on one database keep one limit, one key and one clock', async () => {
  const other = await serve(nova.app.url);
  try {
    await nova.join('SHARED', { currency: 'SHAREDPT', price: [10_000, 0], issuance: { creditLimit: cny('1.00') } });
    const member = await nova.enrol();
    const token = await nova.token('SHARED');
    const through = async (at: number, input: object): Promise<AccruePayload> => {
      const { data } = await (at % 2 === 0 ? nova.app : other).graphql(operation('accrue'), { token, variables: { input } });
      return data.accrue;
    };
    // given twenty requests of 15 against a limit of 100, every other one through the second process
    const inputs = Array.from({ length: 20 }, () => nova.accrueInput(member, { points: 15 }));
    const all = await Promise.all(inputs.map((input, at) => through(at, input)));
    expect(all.filter((one) => refusal(one) === undefined)).toHaveLength(6);
    // then each of those that were done is known to the other process
    const again = await Promise.all(inputs.map((input, at) => through(at + 1, input)));
    expect(again.map((one) => [refusal(one), one.replayed])).toEqual(all.map((one) => [refusal(one), refusal(one) === undefined]));
    // and one request sent to both at the same moment is done once
    const twice = nova.accrueInput(member, { points: 1 });
    const both = await Promise.all([0, 1, 2, 3].map((at) => through(at, twice)));
    expect(both.map(({ replayed }) => replayed).sort()).toEqual([false, true, true, true]);
    // and what one process learns of the clock holds in the other
    await nova.setClock('2026-01-20T12:00:00+08:00');
    expect(refusal(await through(1, nova.accrueInput(member, { points: 1, occurredAt: '2026-01-20T11:59:59+08:00' })))).toBeUndefined();
    expect(await nova.faults()).toEqual([]);
  } finally {
    await other.stop();
  }
});
