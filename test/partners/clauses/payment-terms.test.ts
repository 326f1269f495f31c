import { dueDate, lateInterestMinor } from '../../../src/partners/contracts/clauses/payment-terms/payment-terms.rules.ts';
import { type Nova, startNova } from '../../support/coalition.ts';

test.each([
  ['15 days', 15, '2026-02-05', '2026-02-20'],
  ['at once', 0, '2026-02-05', '2026-02-05'],
  ['over the end of a leap month', 30, '2028-01-31', '2028-03-01'],
  ['over the end of a year', 10, '2026-12-25', '2027-01-04'],
])('a statement with %s is due', (_, netDays, issuedOn, due) => {
  expect(dueDate({ netDays }, issuedOn)).toBe(due);
});

test.each<[string, number, bigint, string, bigint]>([
  ['three days late at 5 bps a day', 5, 866_267n, '2026-02-23', 1_299n],
  ['paid on the last day', 5, 866_267n, '2026-02-20', 0n],
  ['paid early', 5, 866_267n, '2026-02-01', 0n],
  ['half a fen, rounded away from zero', 5, 1_000n, '2026-02-21', 1n],
  ['less than half a fen', 5, 999n, '2026-02-21', 0n],
  ['no interest agreed', 0, 866_267n, '2027-02-20', 0n],
  ['a year, without interest on interest', 5, 10_000n, '2027-02-20', 1_825n],
])('interest: %s', (_, lateInterestBpsPerDay, minor, paidOn, interest) => {
  expect(lateInterestMinor({ lateInterestBpsPerDay }, minor, '2026-02-20', paidOn)).toBe(interest);
});

describe('in a contract', () => {
  let nova: Nova;
  beforeAll(async () => {
    nova = await startNova({ AERO: { clauses: [{ paymentTerms: { netDays: 15, lateInterestBpsPerDay: 5, disputeWindowDays: 10 } }] } });
  });
  afterAll(() => nova.stop());

  const ask = (field: string) => `{ viewerPartner { contract { activeVersion { clauses { ... on PaymentTermsClause { ${field} } } } } } }`;
  const answer = async (field: string) => nova.app.graphql(ask(field), { token: await nova.token('AERO') });

  test('[L09] NET15, advised on 02-05, is due on 02-20; 8,662.67 paid on 02-23 is three days late and costs 12.99', async () => {
    const { data, errors } = await answer(
      `dueDate(issuedOn: "2026-02-05") lateInterest(amount: { minor: "866267", currency: "CNY" }, dueOn: "2026-02-20", paidOn: "2026-02-23") { minor currency }`,
    );
    expect(errors).toBeUndefined();
    expect(data.viewerPartner.contract.activeVersion.clauses).toContainEqual({
      dueDate: '2026-02-20',
      lateInterest: { minor: '1299', currency: 'CNY' },
    });
  });

  test.each(['2026-02-30', '2026-2-5', '05.02.2026', '2026-02-05T00:00:00Z'])('%s is no day', async (day) => {
    const { errors } = await answer(`dueDate(issuedOn: "${day}")`);
    expect(errors?.[0]?.extensions?.code).toMatch(/BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/);
  });
});
