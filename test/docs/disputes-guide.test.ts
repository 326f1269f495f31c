import { DISPUTE_STATUSES } from '../../src/settlement/disputes/dispute.ts';
import { type Disputes, disputesOf, startDisputing, trade } from '../settlement/disputes-api.ts';
import type { Nova } from '../support/coalition.ts';
import { blocksOf, operationFile, rowsBelow } from './markdown.ts';

let nova: Nova;
let api: Disputes;
beforeAll(async () => {
  nova = await startDisputing();
  api = disputesOf(nova);
  await trade(nova);
});
afterAll(() => nova.stop());

const IN_GUIDE = /\b([a-z]{3})_[0-9a-f]{32}\b/g;
const OF_PARTNER: ReadonlySet<string> = new Set(['open-dispute', 'provide-dispute-evidence', 'my-disputed-statement']);

test('the requests of the guide are done in their order, and end as it says', async () => {
  const cycle = await api.advise();
  const ids = new Map([
    ['cyc', cycle],
    ['lin', (await api.lineOf('BOOKS', cycle, 'FUNDING')).id],
  ]);
  const statuses: string[] = [];
  for (const { text, operation = '' } of blocksOf('docs/disputes.md')) {
    const token = OF_PARTNER.has(operation.replace('.graphql', '')) ? await nova.token('BOOKS') : nova.operator;
    const variables = JSON.parse(text.replaceAll(IN_GUIDE, (id, kind: string) => ids.get(kind) ?? id));
    const { data, errors } = await nova.app.graphql(operationFile(operation), { token, variables });
    const [payload] = Object.values<{ userErrors?: unknown[] }>(data ?? {});
    expect({ operation, errors, refusals: payload?.userErrors ?? [] }).toEqual({ operation, errors: undefined, refusals: [] });
    const answer = JSON.stringify(data);
    const [dispute, status] = /(dsp_[0-9a-f]{32})","status":"(\w+)"/.exec(answer)?.slice(1) ?? [];
    if (dispute !== undefined) ids.set('dsp', dispute);
    statuses.push(`${operation.replace('.graphql', '')} ${status ?? ''}`.trim());
  }
  expect(statuses).toEqual([
    'open-dispute OPENED',
    'review-dispute UNDER_REVIEW',
    'request-dispute-evidence EVIDENCE_REQUESTED',
    'provide-dispute-evidence EVIDENCE_PROVIDED',
    'resolve-dispute PARTIALLY_ACCEPTED',
    'my-disputed-statement PARTIALLY_ACCEPTED',
    'set-dispute-policy',
    'disputes PARTIALLY_ACCEPTED',
  ]);
  expect(await nova.faults()).toEqual([]);
});

test('the table of the guide has every status', () => {
  expect(rowsBelow('docs/disputes.md', 'Where a dispute stands').map(([status]) => status)).toEqual(
    DISPUTE_STATUSES.map((one) => `\`${one}\``),
  );
});
