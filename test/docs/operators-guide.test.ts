import { startApp, type TestApp } from '../support/app.ts';
import { blocksOf, operationFile } from './markdown.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ SEED: 'none' });
});
afterAll(() => app.stop());

const IN_GUIDE = /\b([a-z]{3})_[0-9a-f]{32}\b/g;

test('the guide for operators can be followed from its first request to its last', async () => {
  const operator = await app.token({ role: 'OPERATOR' });
  const ids = new Map<string, string>();
  let contractStatus: unknown;
  for (const { text, note, operation = '' } of blocksOf('docs/operators.md')) {
    if (note !== 'variables') continue;
    const variables = JSON.parse(text.replaceAll(IN_GUIDE, (id, kind: string) => ids.get(kind) ?? id));
    const tokens = operation === 'sign-contract.graphql' ? [await app.token({ role: 'PARTNER', partner: 'FLORA' }), operator] : [operator];
    for (const token of tokens) {
      const { data, errors } = await app.graphql(operationFile(operation), { token, variables });
      const [payload] = Object.values<{ userErrors?: unknown[] } | string>(data ?? {});
      const refusals = typeof payload === 'object' ? payload.userErrors : [];
      expect({ operation, errors, refusals }).toEqual({ operation, errors: undefined, refusals: [] });
      for (const [id, kind = ''] of JSON.stringify(data).matchAll(IN_GUIDE)) ids.set(kind, id);
      contractStatus = data.signContract?.contract.status ?? data.giveContractNotice?.contract.status ?? contractStatus;
      if (operation === 'give-contract-notice.graphql') {
        // The dates of the guide: 9 February, 10 April, 10 July.
        const { earnEnd, burnEnd, tailEnd } = data.giveContractNotice.contract;
        expect([earnEnd, burnEnd, tailEnd].map((end: string) => end.slice(0, 10))).toEqual(['2026-02-09', '2026-04-10', '2026-07-10']);
      }
    }
  }
  expect(contractStatus).toBe('NOTICE');
});

test('the contract of the guide refuses what the guide says it refuses', async () => {
  const operator = await app.token({ role: 'OPERATOR' });
  const flora = await app.token({ role: 'PARTNER', partner: 'FLORA' });
  const enrolment = { idempotencyKey: 'm', displayName: 'Ana', consents: [{ purpose: 'SERVICE', granted: true, version: '1' }] };
  const enrolled = await app.graphql(operationFile('enrol-member.graphql'), { token: operator, variables: { input: enrolment } });
  const { id } = enrolled.data.enrolMember.member;
  let keys = 0;
  const attempt = async (operation: string, root: string, input: object) => {
    const key = `attempt-${++keys}`;
    const common = { idempotencyKey: key, member: { id }, channel: 'POS' };
    const own =
      root === 'accrue' ? { externalId: key, occurredAt: '2026-01-09T12:00:00+08:00' } : { orderExternalId: key, currency: 'FPT' };
    const { data } = await app.graphql(operationFile(operation), { token: flora, variables: { input: { ...common, ...own, ...input } } });
    return data[root].userErrors[0]?.code ?? 'done';
  };
  const accrue = (input: object) => attempt('accrue.graphql', 'accrue', input);
  const hold = (points: number, orderMinor?: string) =>
    attempt('hold-redemption.graphql', 'holdRedemption', {
      points,
      ...(orderMinor !== undefined && { orderAmount: { minor: orderMinor, currency: 'CNY' } }),
    });
  const spend = (minor: string) => ({ amount: { minor, currency: 'CNY' } });

  expect(await accrue({ ...spend('100'), channel: 'KIOSK' })).toBe('CLAUSE_NOT_GRANTED');
  expect(await accrue({ points: 10 })).toBe('CLAUSE_NOT_GRANTED');
  expect(await accrue(spend('15000'))).toBe('done');
  const { data } = await app.graphql(operationFile('partner.graphql'), { token: operator, variables: { code: 'FLORA' } });
  expect(data.partner).toMatchObject({ netPosition: { minor: '-1425' }, exposure: { utilisationBps: 7125 } });
  expect(await accrue(spend('6060'))).toBe('CREDIT_LIMIT');
  expect(await accrue(spend('6050'))).toBe('done');
  expect(await hold(50)).toBe('BELOW_MINIMUM');
  expect(await hold(1001)).toBe('REDEMPTION_LIMIT');
  expect(await hold(1000, '1500')).toBe('CAP_EXCEEDED');
  expect(await hold(1000, '1600')).toBe('done');
});
