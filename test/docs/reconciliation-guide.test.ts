import { accrualOf, type Nova, startNova } from '../support/coalition.ts';
import { blocksOf, rowsBelow } from './markdown.ts';

const GUIDE = 'docs/reconciliation.md';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

interface Edges<T> {
  readonly edges: readonly { readonly node: T }[];
}
interface Seen {
  readonly rows: Edges<{
    side: string;
    rowNumber: number;
    key: string;
    result: string;
    rule: string | null;
    counterparts: { key: string }[];
  }>;
  readonly badRows: Edges<{ rowNumber: number; reason: string }>;
}

test('the example of the guide comes to what the guide says', async () => {
  const people = new Map<string, string>();
  for (const name of ['Ming', 'Jane']) {
    const { member } = await nova.operate<{ member: { id: string } }>('enrol-member', {
      displayName: name,
      consents: [{ purpose: 'SERVICE', granted: true, version: 'v1' }],
    });
    people.set(name, member.id);
  }
  for (const [name, id] of people)
    await nova.app.db.rows(
      `insert into members.external_ids (partner_id, external_id, member_id)
       select p.id, $1, $2::uuid from partners.partners p where p.code = 'AERO'`,
      [name, id.slice(4)],
    );
  for (const [externalId = '', day = '', name = '', points = ''] of rowsBelow(GUIDE, 'An example')) {
    const member = { id: people.get(name) ?? '', cardNumber: '', token: '' };
    accrualOf(await nova.earn('AERO', member, { externalId, points: Number(points), occurredAt: `${day}T10:00:00+08:00` }));
  }
  const [file, variables] = blocksOf(GUIDE).filter(({ heading }) => heading === 'An example');
  const sent: { input: { content: string } } = JSON.parse(variables?.text ?? '');
  expect(sent.input.content).toBe(file?.text);
  const aero = await nova.token('AERO');
  const { reconcile } = await nova.run<{ reconcile: { reconciliation: { id: string }; userErrors: unknown[] } }>(aero, 'reconcile', {
    ...sent,
  });
  expect(reconcile.userErrors).toEqual([]);

  const { reconciliation } = await nova.run<{ reconciliation: Seen }>(aero, 'reconciliation', { id: reconcile.reconciliation.id });
  const rows = reconciliation.rows.edges.map(({ node }) => node);
  expect(
    rows
      .filter(({ side }) => side === 'THEIRS')
      .map(({ rowNumber, key, result, rule, counterparts }) => [
        String(rowNumber),
        key,
        result,
        rule ?? '',
        counterparts.map((one) => one.key).join(', '),
      ]),
  ).toEqual(rowsBelow(GUIDE, 'What comes of it'));
  expect(rows.filter(({ result }) => result === 'MISSING_THERE').map(({ key }) => key)).toEqual(['INV-00778']);
  expect(reconciliation.badRows.edges.map(({ node }) => node)).toEqual([{ rowNumber: 9, reason: '"12.5" is not a whole number' }]);
});
