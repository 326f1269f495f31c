import { playMonth } from '../settlement/play-month.ts';
import { close, startMonth } from '../settlement/report-month.ts';
import type { Nova } from '../support/coalition.ts';
import { blocksOf, operationFile } from './markdown.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startMonth();
  await playMonth(nova);
});
afterAll(() => nova.stop());

test('every request of the page on reports is answered, as the page says where it says so', async () => {
  const cycleId = await close(nova);
  const { viewerPartner } = await nova.run<{ viewerPartner: { contract: { id: string } } }>(await nova.token('DEPOT'), 'my-contract');
  const ids = new Map([
    ['cyc', cycleId],
    ['ctr', viewerPartner.contract.id],
  ]);
  let answered: unknown;
  let [requests, answers] = [0, 0];
  for (const { note, text, operation = '' } of blocksOf('docs/reports.md')) {
    if (note === 'variables') {
      const variables = JSON.parse(text.replaceAll(/\b([a-z]{3})_[0-9a-f]{32}\b/g, (id, kind: string) => ids.get(kind) ?? id));
      const { data, errors } = await nova.app.graphql(operationFile(operation), { token: nova.operator, variables });
      expect({ operation, errors }).toEqual({ operation, errors: undefined });
      answered = data;
      requests += 1;
    }
    if (note === 'answer') {
      expect(answered).toMatchObject(JSON.parse(text));
      answers += 1;
    }
  }
  expect([requests, answers]).toEqual([8, 4]);
});
