import { Readable } from 'node:stream';
import { foundImporter } from '../../src/exchange/import/found-importer.ts';
import { importPurchases } from '../../src/exchange/import/import-purchases.ts';
import { type Format, readPurchases } from '../../src/exchange/import/purchase-line.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type Block, blocksOf } from './markdown.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ SEED: 'demo' });
});
afterAll(() => app.stop());

/** Ids and times differ from run to run. */
function alike(answer: unknown): unknown {
  const text = JSON.stringify(answer).replaceAll(/([a-z]{3})_[0-9a-f]{32}/g, '$1_...');
  return JSON.parse(text.replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME'));
}

/** Sends what a curl command sends, with the values of the shell's variables. */
async function send(command: string, shell: ReadonlyMap<string, string>): Promise<unknown> {
  const token = shell.get(/Bearer \$(\w+)/.exec(command)?.[1] ?? '') ?? '';
  const body = /-d '(\{.*\})'\)?$/ms.exec(command)?.[1] ?? '';
  const { query, variables } = JSON.parse(body.replaceAll(/'\$(\w+)'/g, (_, name: string) => shell.get(name) ?? ''));
  const { data, errors } = await app.graphql(query, { token, variables });
  return { data, ...(errors && { errors }) };
}

/** Each command of a section with the answer that is shown below it. */
function commandsOf(heading: string): { command: string; shown: unknown }[] {
  const blocks = blocksOf('README.md').filter((block) => block.heading === heading);
  const answerTo = (command: Block) => blocks[blocks.indexOf(command) + 1];
  return blocks
    .filter(({ text }) => text.includes('curl'))
    .map((block) => ({ command: block.text, shown: JSON.parse(answerTo(block)?.text ?? 'null') }));
}

test('the first earn and burn of the README give the answers that it shows', async () => {
  const shell = new Map([
    ['CAFE', await app.token({ role: 'PARTNER', partner: 'CAFE' })],
    ['DEPOT', await app.token({ role: 'PARTNER', partner: 'DEPOT' })],
    ['NOW', new Date().toISOString()],
  ]);
  const commands = commandsOf('Earn at one brand, burn at another');
  expect(commands).toHaveLength(4);
  for (const { command, shown } of commands) {
    const answer = await send(command, shell);
    expect(alike(answer)).toEqual(alike(shown));
    const hold = /red_[0-9a-f]{32}/.exec(JSON.stringify(answer))?.[0];
    if (command.includes('HOLD=') && hold !== undefined) shell.set('HOLD', hold);
  }
  const [earn] = commands;
  expect(await send(earn?.command ?? '', shell)).toMatchObject({ data: { accrue: { replayed: true, balance: { available: 805 } } } });
});

test("paying with another brand's points gives the answer that the README shows", async () => {
  const [pay] = commandsOf("Pay with another brand's points");
  const shell = new Map([['BOOKS', await app.token({ role: 'PARTNER', partner: 'BOOKS' })]]);
  expect(alike(await send(pay?.command ?? '', shell))).toEqual(alike(pay?.shown));
});

test('closing the cycle comes out as the README shows, and the statement of the depot is the document that it shows', async () => {
  const heading = 'Close the cycle';
  const [close] = commandsOf(heading);
  const shell = new Map([['OPERATOR', await app.token({ role: 'OPERATOR' })]]);
  const answer = await send(close?.command ?? '', shell);
  expect(alike(answer)).toEqual(alike(close?.shown));
  const id = /cyc_[0-9a-f]{32}/.exec(JSON.stringify(answer))?.[0] ?? '';
  const query = `query ($cycle: ID!) { partner(code: "DEPOT") { statement(cycleId: $cycle) { id } } }`;
  const token = shell.get('OPERATOR') ?? '';
  const { data } = await app.graphql(query, { token, variables: { cycle: id } });
  const exported = await app.graphql(`query ($id: ID!) { statementExport(statementId: $id, format: CSV) { base64 } }`, {
    token,
    variables: { id: data.partner.statement.id },
  });
  const text = Buffer.from(exported.data.statementExport.base64, 'base64').toString('utf8');
  const [shown] = blocksOf('README.md').filter((block) => block.heading === heading && block.language === 'csv');
  expect(alike(text.trim().replaceAll('\r', ''))).toEqual(alike(shown?.text.trim()));
});

test('the file of purchases in the README loads as it shows', async () => {
  const [command, answer] = blocksOf('README.md').filter(({ heading }) => heading === 'Load a file of purchases');
  const [, file = ''] = /<<'END'\n(.*?)\nEND/s.exec(command?.text ?? '') ?? [];
  const { settlementCurrency, timeZone } = (await coalitionNow(app.db)).coalition.program;
  const format: Format = {
    columns: ['member', 'date', 'quantity', 'amount'],
    delimiter: 'whitespace',
    timeZone,
    currency: settlementCurrency,
  };
  await foundImporter(app.db, 'CDNOW', new Date('1997-01-01T00:00:00+08:00'));
  const partnerId = (await coalitionNow(app.db)).coalition.partnerOf('CDNOW')?.id ?? '';
  const summary = await importPurchases(app.db, { partnerId, settlementCurrency }, readPurchases(Readable.from([file]), format), {
    refusedLine: (no, reason) => {
      throw new Error(`line ${no}: ${reason}`);
    },
    advanced: () => undefined,
  });
  const { seconds, ...shown } = JSON.parse(answer?.text ?? '{}');
  expect(seconds).toBeGreaterThan(0);
  expect({ ...summary, points: Number(summary.points) }).toEqual(shown);
});
