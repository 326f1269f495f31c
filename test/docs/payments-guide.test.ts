import { paymentsOf, terms } from '../settlement/payments-api.ts';
import { accrualOf, type Nova, startNova } from '../support/coalition.ts';
import { blocksOf } from './markdown.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova({ AERO: { clauses: [terms()] }, BOOKS: { clauses: [terms()] } });
});
afterAll(() => nova.stop());

const IN_GUIDE = /\b([a-z]{3})_[0-9a-f]{32}\b/g;

test('the guide to payments can be followed from its first request to its last', async () => {
  const payments = paymentsOf(nova);
  const member = await nova.enrol();
  // AERO owes 8,662.67 and BOOKS 60.00.
  accrualOf(await nova.earn('AERO', member, { points: 721_889 }));
  accrualOf(await nova.earn('BOOKS', member, { points: 10_000 }));
  const cycle = await payments.close();
  await payments.issue(cycle);
  await nova.setClock('2026-01-22T12:00:00+08:00');
  const [aero, books] = [await payments.statementOf('AERO', cycle), await payments.statementOf('BOOKS', cycle)];
  const known = new Map([
    ['stm_0192d3f0c1a87b2e9d4455667788990a', aero.id],
    ['ins_0192d3f0c1a87b2e9d44556677889901', aero.instruction?.id],
    ['ins_0192d3f0c1a87b2e9d44556677889902', books.instruction?.id],
    ['cyc_0192d3f0c1a87b2e9d4455667788990d', cycle],
  ]);
  const latest = new Map<string, string>();
  const sent: string[] = [];
  for (const { text, note, operation = '' } of blocksOf('docs/payments.md')) {
    if (note !== 'variables') continue;
    const variables = JSON.parse(text.replaceAll(IN_GUIDE, (id, kind: string) => known.get(id) ?? latest.get(kind) ?? id));
    const data = await nova.run<Record<string, { userErrors?: unknown[] }>>(nova.operator, operation.replace('.graphql', ''), variables);
    const [payload] = Object.values(data);
    expect({ operation, refusals: payload?.userErrors ?? [] }).toEqual({ operation, refusals: [] });
    for (const [id, kind = ''] of JSON.stringify(data).matchAll(IN_GUIDE)) latest.set(kind, id);
    sent.push(operation);
  }
  expect(sent).toHaveLength(9);
  const statuses = (await payments.instructions(cycle)).map(({ payer, status }) => `${payer} ${status}`);
  expect(statuses.sort()).toEqual(['AERO PAID', 'BOOKS PAID']);
  expect(await nova.faults()).toEqual([]);
});
