// PostGraphile as its documentation sets it up on node:http, over the double-entry function. What it caches by itself it caches: operations
// by their text, and prepared statements.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Client } from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { answer } from '../answer.ts';
import { listenOnFreePort } from './listen.ts';

const connectionString = process.env.DATABASE_URL ?? '';

async function fill(): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(readFileSync(new URL('./double-entry.sql', import.meta.url), 'utf8'));
  await client.query('insert into ledger.accounts (id) select generate_series(1, $1::integer)', [Number(process.env.ACCOUNTS)]);
  await client.query('vacuum analyze ledger.accounts');
  await client.end();
}

await fill();
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString, schemas: ['ledger'], poolConfig: { max: Number(process.env.POOL_SIZE) } })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  grafast: { explain: false },
});
const server = createServer();
await instance.createServ(grafserv).addTo(server);
const port = await listenOnFreePort(server);

answer({
  port: () => port,
  async stop() {
    server.close();
    server.closeAllConnections();
    await instance.release();
  },
});
