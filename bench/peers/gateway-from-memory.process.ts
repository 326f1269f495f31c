// Our gateway over a schema that serves one object from memory, as the stock server beside it does: what executing and answering cost, without a
// database behind it.

import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { startGateway } from '../../src/gateway/http.ts';
import { openCoalition } from '../../src/partners/open-coalition.ts';
import { answer } from '../answer.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
let member: object | undefined;
const { member: field } = schema.getQueryType()?.getFields() ?? {};
if (field !== undefined) field.resolve = () => member;
const activity = schema.getType('Activity');
if (activity !== undefined && 'resolveType' in activity) activity.resolveType = ({ __typename }: { __typename: string }) => __typename;

const db = await openCoalition(process.env.DATABASE_URL ?? '', { poolSize: 2 });
const gateway = await startGateway({
  db,
  schema,
  config: {
    host: '127.0.0.1',
    port: 0,
    introspection: false,
    editor: false,
    suggestions: false,
    connectionsPerClient: 100,
    sandbox: true,
  },
});

answer({
  port: () => gateway.port,
  serve(given: object) {
    member = given;
  },
  async stop() {
    await gateway.close();
    await db.close();
  },
});
