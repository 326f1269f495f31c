import { accrualOf, cny, type Input, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';

let nova: Nova;
let member: Member;
beforeAll(async () => {
  nova = await startNova();
  member = await nova.enrol();
});
afterAll(() => nova.stop());

const HOSTILE: readonly unknown[] = [
  null,
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '😀'.repeat(300),
  "'; drop table ledger.entries; --",
  '../../etc/passwd',
  'acc_zzz',
  'acc_',
  'mem_00000000000000000000000000000000',
  '0x10',
  '1e3',
  '-0',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  '2026-02-30T00:00:00Z',
  0,
  -1,
  1.5,
  2_147_483_647,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER,
  1e300,
  true,
  [],
  {},
  [[]],
  { minor: '9223372036854775807', currency: 'CNY' },
  { minor: '-9223372036854775807', currency: 'CNY' },
  { minor: '1', currency: 'XXX' },
  { id: '\0' },
  { externalId: '\0' },
  { cardNumber: '\ud800' },
  { redemptionToken: 'x' },
  [{ sku: '\0', category: '\ud800', amount: { minor: '1', currency: 'CNY' } }],
];

/** The input with each of its fields, one at a time, replaced by each hostile value; and each field named in `extra` added. */
function* variations(input: Input, extra: readonly string[]): Generator<Input> {
  for (const field of [...Object.keys(input), ...extra]) for (const value of HOSTILE) yield { ...input, [field]: value };
}

async function faultsOf(
  name: string,
  token: string,
  makeInput: () => Input,
  extra: readonly string[],
  wrap = (input: Input): Input => ({ input }),
): Promise<string[]> {
  const faults: string[] = [];
  const fields = Object.keys(makeInput());
  const all = [...variations(makeInput(), extra)];
  await Promise.all(
    Array.from({ length: 4 }, async (_, lane) => {
      for (let at = lane; at < all.length; at += 4) {
        const fresh = makeInput();
        const changed = all[at] ?? {};
        const field = [...fields, ...extra][Math.floor(at / HOSTILE.length)] ?? '';
        const { status, errors } = await nova.answer(token, name, wrap({ ...fresh, [field]: changed[field] }));
        const codes = (errors ?? []).map(({ extensions }) => String(extensions?.code));
        if (status >= 500 || codes.some((code) => code.startsWith('INTERNAL')))
          faults.push(`${name} ${field} ${JSON.stringify(changed[field])}`);
      }
    }),
  );
  return faults;
}

test('no input, however hostile, brings about a fault: it is answered, refused or told to be malformed', async () => {
  const cafe = await nova.token('CAFE');
  const depot = await nova.token('DEPOT');
  await nova.earn('CAFE', member, { points: 100_000 });
  const { id: accrualId } = accrualOf(await nova.earn('CAFE', member, { points: 1_000, confirm: 'MANUAL' }));
  const { id: redemptionId } = redemptionOf(await nova.hold('DEPOT', member, 'CPT', 1_000));
  const key = () => ({ idempotencyKey: nova.newKey() });
  const earning = () => nova.accrueInput(member, { amount: cny('1.00') });
  const faults = [
    await faultsOf('accrue', cafe, earning, ['channel', 'locationId', 'points', 'currency', 'items', 'promotion', 'confirm']),
    await faultsOf('accrue-batch', cafe, earning, ['items', 'locationId'], (input) => ({ inputs: [earning(), input, earning()] })),
    await faultsOf('quote-accrual', cafe, () => ({ partner: 'CAFE', amount: cny('1.00') }), ['occurredAt', 'member', 'items']),
    await faultsOf('confirm-accrual', cafe, () => ({ ...key(), accrualId }), []),
    await faultsOf('reverse-accrual', cafe, () => ({ ...key(), accrualId, points: 1 }), ['returnedAmount', 'externalId', 'reason']),
    await faultsOf('cancel-accrual', cafe, () => ({ ...key(), accrualId }), []),
    await faultsOf(
      'hold-redemption',
      depot,
      () => ({ ...key(), member: { id: member.id }, currency: 'CPT', points: 1, orderExternalId: nova.newKey() }),
      ['holdSeconds', 'channel', 'orderAmount', 'memberApproval'],
    ),
    await faultsOf('create-redemption-token', member.token, key, []),
    await faultsOf('approve-step-up', member.token, () => ({ ...key(), redemptionId }), []),
    await faultsOf('decline-redemption', member.token, () => ({ ...key(), redemptionId }), []),
    await faultsOf('set-approval-policy', nova.operator, () => ({ ...key(), fromPoints: 10 ** 15 }), []),
    await faultsOf('capture-redemption', depot, () => ({ ...key(), redemptionId }), ['points']),
    await faultsOf('void-redemption', depot, () => ({ ...key(), redemptionId }), []),
    await faultsOf('refund-redemption', depot, () => ({ ...key(), redemptionId }), ['points', 'reason']),
    await faultsOf('run-job', nova.operator, () => ({ ...key(), name: 'EXPIRE_HOLDS', asOf: '2026-01-15T12:00:00+08:00' }), []),
    await faultsOf(
      'transaction',
      cafe,
      () => ({ id: accrualId }),
      [],
      (input) => input,
    ),
    await faultsOf(
      'member',
      cafe,
      () => ({ ref: { id: member.id } }),
      ['first', 'after'],
      (input) => input,
    ),
  ];
  expect(faults.flat()).toEqual([]);
  expect(await nova.faults()).toEqual([]);
}, 60_000);
