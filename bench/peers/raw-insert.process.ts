// Rows of accruals, inserted in bulk on a few connections: what the database takes when nobody checks anything.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { answer } from '../answer.ts';
import { startMeter } from '../throughput/meter.ts';

const textOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
const lines = Number(process.env.LINES);
const connectionString = process.env.DATABASE_URL ?? '';

const clients = await Promise.all(
  Array.from({ length: Number(process.env.CONNECTIONS) }, async () => {
    const client = new Client({ connectionString });
    await client.connect();
    return client;
  }),
);
await clients[0]?.query(textOf('./raw-tables.sql'));
const statement = { name: 'insert', text: textOf('./raw-insert.sql') };
const partner = newId();
const members = Array.from({ length: 10_000 }, newId);
let postings = 0;

function rowsOfBatch(): unknown[] {
  const first = postings;
  postings += lines;
  const column = <Value>(value: (at: number) => Value): Value[] => Array.from({ length: lines }, (_, at) => value(first + at));
  return [
    first,
    column(newId),
    column((no) => `purchase-${no}`),
    column(() => randomBytes(32)),
    column((no) => members[(no * 13) % members.length]),
    column(newId),
    partner,
  ];
}

answer({
  async run({ seconds }: { readonly seconds: number }) {
    const meter = startMeter(seconds);
    await Promise.all(
      clients.map(async (client) => {
        for (let from = performance.now(); !meter.isOver(from); from = performance.now()) {
          await client.query({ ...statement, values: rowsOfBatch() });
          meter.took(from);
        }
      }),
    );
    return meter.result();
  },
  stop: async () => void (await Promise.all(clients.map((client) => client.end()))),
});
