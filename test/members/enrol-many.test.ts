import { newId, toPublicId } from '../../src/kernel/ids.ts';
import { enrolMany } from '../../src/members/enrol-many.ts';
import { cardNumberFrom, type Enrolment } from '../../src/members/enrolment.rules.ts';
import { findMembers } from '../../src/members/members.queries.ts';
import { statementCounter, transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 4 });
});
afterAll(() => database.stop());

let drawn = 0;
const enrolment = (more: Partial<Enrolment> = {}): Enrolment => ({
  id: newId(),
  cardNumber: cardNumberFrom(() => Math.floor(drawn++ / 7) % 10),
  displayName: 'Jane',
  homePartnerId: null,
  externalScope: null,
  consents: [{ purpose: 'SERVICE', granted: true, version: 'v1' }],
  enrolledAt: new Date('2026-01-01T00:00:00Z'),
  ...more,
});

const numbered = (from: number, count: number): Enrolment[] =>
  Array.from({ length: count }, (_, at) =>
    enrolment({ cardNumber: `C${from + at}`, externalId: `E${from + at}`, phone: String(10_000_000 + from + at) }),
  );

const counted = async (work: () => Promise<unknown>): Promise<number> => {
  const before = statementCounter.count;
  await work();
  return statementCounter.count - before;
};

test('a thousand members are enrolled, and found again, in as many statements as one', async () => {
  const one = await counted(() => transact(database.db, (tx) => enrolMany(tx, numbered(0, 1))));
  const many = numbered(1, 1_000);
  expect(await counted(() => transact(database.db, (tx) => enrolMany(tx, many)))).toBe(one);
  const keys = many.flatMap((e) => [
    { kind: 'externalId' as const, value: e.externalId ?? '' },
    { kind: 'cardNumber' as const, value: e.cardNumber },
    { kind: 'id' as const, value: toPublicId('Member', e.id) },
    { kind: 'phone' as const, value: e.phone ?? '' },
    { kind: 'redemptionToken' as const, value: e.cardNumber },
  ]);
  let found: Awaited<ReturnType<typeof findMembers>> = [];
  expect(await counted(async () => (found = await findMembers(database.db, keys)))).toBe(1);
  expect(found.map((member) => member?.id)).toEqual(many.flatMap(({ id }) => [id, id, id, id, undefined]));
});

test('a refused enrolment refuses itself only, and of two equal ones the first is done', async () => {
  const outcomes = await transact(database.db, (tx) =>
    enrolMany(tx, [
      enrolment({ cardNumber: 'X1', phone: '77770001' }),
      enrolment({ cardNumber: 'X2', phone: '77770001' }),
      enrolment({ cardNumber: 'X3', externalId: 'same' }),
      enrolment({ cardNumber: 'X4', externalId: 'same' }),
      enrolment({ cardNumber: 'X5', consents: [] }),
      enrolment({ cardNumber: 'X1' }),
      enrolment({ cardNumber: 'X6', email: 'jane@example.com' }),
    ]),
  );
  expect(outcomes.map((outcome) => ('done' in outcome ? 'done' : `${outcome.refused.code} ${outcome.refused.field?.join('.')}`))).toEqual([
    'done',
    'DUPLICATE phone',
    'done',
    'DUPLICATE externalId',
    'CONSENT_REQUIRED consents',
    'DUPLICATE cardNumber',
    'done',
  ]);
});
