import { relative } from 'node:path';
import type { Config } from './config.ts';

/** What a person reads who has just started the server: where everything is, and how to get in. */
export function welcome(config: Config, port: number, seconds: number): string {
  const origin = `http://localhost:${port}`;
  const dataDir = relative('.', config.dataDir) || '.';
  const lines: [string, string][] = [
    ['GraphQL', `${origin}/graphql`],
    ['Subscriptions', `ws://localhost:${port}/graphql (graphql-transport-ws)`],
    ...(config.editor ? [['Editor', `${origin}/graphql in a browser`] satisfies [string, string]] : []),
    ['Health', `${origin}/health/live and ${origin}/health/ready`],
    [
      'Database',
      config.databaseUrl === undefined
        ? `embedded PostgreSQL, files in ${dataDir}, connection string in ${dataDir}/database.url`
        : 'PostgreSQL of DATABASE_URL',
    ],
    ['Tokens', config.sandbox ? 'npm run -s token -- --role operator' : `from ${config.jwks?.issuer}`],
    ...(config.sandbox
      ? ([
          ['', 'npm run -s token -- --role partner --partner CODE'],
          ['', 'npm run -s token -- --role member --member ID'],
        ] satisfies [string, string][])
      : []),
    ['Stop', 'Ctrl-C'],
  ];
  return [`Pointsettia is ready after ${seconds.toFixed(1)} s.`, ...lines.map(([name, value]) => `  ${name.padEnd(14)}${value}`)].join(
    '\n',
  );
}
