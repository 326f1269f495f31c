// A stock Apollo Server that serves one object from memory, in the shape of our schema.

import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { answer } from '../answer.ts';

const typeDefs = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
let member: object | undefined;
const server = new ApolloServer({
  typeDefs,
  resolvers: { Query: { member: () => member }, Activity: { __resolveType: ({ __typename }: { __typename: string }) => __typename } },
});
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });

answer({
  port: () => Number(new URL(url).port),
  serve(given: object) {
    member = given;
  },
  stop: () => server.stop(),
});
