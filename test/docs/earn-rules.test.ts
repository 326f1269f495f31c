import { startApp, type TestApp } from '../support/app.ts';
import { blocksOf, operationFile, rowsBelow } from './markdown.ts';

const START = '2026-02-01T00:00:00+08:00';

let app: TestApp;
let operator: string;
beforeAll(async () => {
  app = await startApp({ SEED: 'none' });
  operator = await app.token({ role: 'OPERATOR' });
  await send(operator, 'configure-program.graphql', {
    code: 'NOVA',
    name: 'Nova',
    timeZone: 'Asia/Shanghai',
    settlementCurrency: 'CNY',
    startsAt: START,
  });
  await app.graphql('mutation { setClock(now: "2026-02-28T00:00:00+08:00") }', { token: operator });
});
afterAll(() => app.stop());

let keys = 0;

/** Sends one input with a key of its own and answers the payload. */
async function send(token: string, operation: string, input: object) {
  const variables = { input: { idempotencyKey: `key-${++keys}`, ...input } };
  const { data, errors } = await app.graphql(operationFile(operation), { token, variables });
  if (errors !== undefined) throw new Error(`${operation}: ${JSON.stringify(errors)}`);
  const [payload] = Object.values<{ userErrors: unknown[]; accrual: { points: number }; member: { id: string }; contract: { id: string } }>(
    data,
  );
  if (payload === undefined || payload.userErrors.length > 0) throw new Error(`${operation}: ${JSON.stringify(payload?.userErrors)}`);
  return payload;
}

/** A partner of its own, with one point currency of the same code. */
async function found(code: string): Promise<string> {
  await send(operator, 'create-partner.graphql', { code, name: code, roles: ['ISSUER'] });
  await send(operator, 'create-point-currency.graphql', { code, name: code, issuer: code });
  const issuance = { currency: code, redemptionElementMicros: '10000', serviceElementMicros: '2000' };
  const clauses = [{ scope: { roles: ['ISSUER'] } }, { issuance }];
  const { contract } = await send(operator, 'propose-contract.graphql', { partner: code, effectiveFrom: START, clauses });
  const token = await app.token({ role: 'PARTNER', partner: code });
  for (const signer of [token, operator]) await send(signer, 'sign-contract.graphql', { contractId: contract.id, version: 1 });
  return token;
}

async function enrol(tier: string | undefined): Promise<{ id: string }> {
  const consents = [{ purpose: 'SERVICE', granted: true, version: '1' }];
  const { member } = await send(operator, 'enrol-member.graphql', { displayName: 'Ana', consents });
  if (tier !== undefined) await send(operator, 'assign-tier.graphql', { memberId: member.id, tier });
  return { id: member.id };
}

const cny = (units: string) => ({ minor: units.replace('.', ''), currency: 'CNY' });

/** A purchase as the tables write it: `50.00 FLOWERS + 50.00 VASE, tier GOLD, on 2026-02-14T20:00:00+08:00`. */
function readPurchase(text: string) {
  const [goods = '', ...more] = text.split(', ');
  const parts = goods.split(' + ').map((part) => part.split(' '));
  const items = parts.flatMap(([units = '', category]) =>
    category === undefined ? [] : [{ sku: category, category, amount: cny(units) }],
  );
  return {
    tier: more.find((word) => word.startsWith('tier '))?.slice(5),
    purchase: {
      occurredAt: more.find((word) => word.startsWith('on '))?.slice(3) ?? '2026-02-05T12:00:00+08:00',
      ...(items.length > 0 ? { items } : { amount: cny(goods) }),
    },
  };
}

const rules = blocksOf('docs/earn-rules.md').filter(({ note }) => note === 'rule');
const examples = [...new Set(rules.map(({ heading }) => heading))];

test('the document has examples', () => {
  expect(examples).toHaveLength(7);
});

test.each(examples)('the example %s gives the points that it shows', async (example) => {
  const code = `P${examples.indexOf(example)}`;
  const partner = await found(code);
  for (const { heading, text } of rules) {
    if (heading === example)
      await send(partner, 'publish-earn-rule.graphql', { currency: code, effectiveFrom: START, ...JSON.parse(text) });
  }
  const members = new Map<string | undefined, { id: string }>();
  const earned: [string, number][] = [];
  const rows = rowsBelow('docs/earn-rules.md', example);
  for (const [text = ''] of rows) {
    const { tier, purchase } = readPurchase(text);
    const member = members.get(tier) ?? (await enrol(tier));
    members.set(tier, member);
    const { accrual } = await send(partner, 'accrue.graphql', { externalId: `receipt-${++keys}`, member, ...purchase });
    earned.push([text, accrual.points]);
  }
  expect(earned).toEqual(rows.map(([text = '', points = '']) => [text, Number(points)]));
});
