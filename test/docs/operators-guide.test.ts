import { startApp, type TestApp } from '../support/app.ts';
import { blocksOf, operationFile, rowsBelow } from './markdown.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ SEED: 'none' });
});
afterAll(() => app.stop());

const IN_GUIDE = /\b([a-z]{3})_[0-9a-f]{32}\b/g;

/** What each request of the guide was answered, in order. */
const told: { readonly operation: string; readonly answer: string }[] = [];
const answersTo = (operation: string): string[] => told.filter((one) => one.operation === operation).map(({ answer }) => answer);

test('the guide for operators can be followed from its first request to its last', async () => {
  const operator = await app.token({ role: 'OPERATOR' });
  const ids = new Map<string, string>();
  let partner = '';
  for (const { text, note, operation = '' } of blocksOf('docs/operators.md')) {
    if (note !== 'variables') continue;
    const variables = JSON.parse(text.replaceAll(IN_GUIDE, (id, kind: string) => ids.get(kind) ?? id));
    partner = operation === 'propose-contract.graphql' ? variables.input.partner : partner;
    const tokens = operation === 'sign-contract.graphql' ? [await app.token({ role: 'PARTNER', partner }), operator] : [operator];
    for (const token of tokens) {
      const { data, errors } = await app.graphql(operationFile(operation), { token, variables });
      const [payload] = Object.values<{ userErrors?: unknown[] } | string | null>(data ?? {});
      const refusals = typeof payload === 'object' ? (payload?.userErrors ?? []) : [];
      expect({ operation, errors, refusals }).toEqual({ operation, errors: undefined, refusals: [] });
      const answer = JSON.stringify(data);
      for (const [id, kind = ''] of answer.matchAll(IN_GUIDE)) ids.set(kind, id);
      told.push({ operation, answer });
    }
  }
  expect(told.length).toBeGreaterThan(30);
});

test('the contract of the guide goes through the life that it describes', async () => {
  const statuses = told.flatMap(({ answer }) => /"contract":\{"id":"[^"]*","status":"(\w+)"/.exec(answer)?.[1] ?? []);
  expect(statuses.slice(0, 9)).toEqual(['PROPOSED', 'SIGNED', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'SUSPENDED', 'ACTIVE']);
  expect(statuses[9]).toBe('NOTICE');
  const drafts = ['draft-contract', 'revise-draft', 'propose-draft', 'reject-contract'].flatMap((name) => answersTo(`${name}.graphql`));
  expect(drafts.map((answer) => /"number":2,"status":"(\w+)","revision":(\d)/.exec(answer)?.slice(1))).toEqual([
    ['DRAFT', '1'],
    ['DRAFT', '2'],
    ['PROPOSED', '2'],
    ['DRAFT', '2'],
  ]);
});

test('what the draft of the guide changes is what its table says', async () => {
  const { data, errors } = await app.graphql(
    `{ partner(code: "FLORA") { contract { versions(first: 1) { edges { node { changes { kind clause field before after } } } } } } }`,
    { token: await app.token({ role: 'OPERATOR' }) },
  );
  expect(errors).toBeUndefined();
  const changes = data.partner.contract.versions.edges[0].node.changes.map((change: Record<string, string | null>) =>
    ['kind', 'clause', 'field', 'before', 'after'].map((name) => change[name] ?? ''),
  );
  expect(changes).toEqual(expect.arrayContaining(rowsBelow('docs/operators.md', 'Drafts')));
});

test('the end of the contract comes on the days of the guide, and everybody reads what it changes', async () => {
  const day = (instant: string) =>
    new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'Asia/Shanghai' }).format(new Date(instant));
  const [shown = '{}'] = answersTo('contract-milestones.graphql');
  const { node }: { node: { milestones: { step: string; dueAt: string }[] } } = JSON.parse(shown);
  const rows = rowsBelow('docs/operators.md', 'The end');
  expect(node.milestones.map(({ step, dueAt }) => [`\`${step}\``, day(dueAt)])).toEqual(rows.map((row) => row.slice(0, 2)));
  const [coming = '{}'] = answersTo('upcoming-changes.graphql');
  const { program }: { program: { upcomingChanges: { type: string; partner: { code: string }; effectiveFrom: string }[] } } =
    JSON.parse(coming);
  expect(program.upcomingChanges.map(({ type, partner, effectiveFrom }) => [type, partner.code, day(effectiveFrom)])).toEqual([
    ['EARNING_ENDS', 'FLORA', '9 February'],
    ['ACCEPTANCE_ENDS', 'FLORA', '10 April'],
    ['BURNING_ENDS', 'FLORA', '10 April'],
  ]);
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
