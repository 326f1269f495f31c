import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type { Answer } from './statement.ts';

/** An entity manager whose statements run where `run` runs them, all on one connection. */
export function entitiesOn(orm: MikroORM, run: (text: string) => Promise<Answer>): EntityManager {
  const em = orm.em.fork();
  em.setTransactionContext(new Kysely({ dialect: new PostgresDialect({ pool: poolOf(run) }) }));
  return em;
}

/** The part of a pool that a query builder needs. It puts values into the texts, which are therefore never the same. */
function poolOf(run: (text: string) => Promise<Answer>): PostgresPool {
  const connection = {
    async query(text: string) {
      const { rows, command } = await run(text);
      const [verb, ...counts] = command.split(' ');
      return { command: verb, rowCount: Number(counts.at(-1)), rows };
    },
    release: () => undefined,
  };
  return { connect: async () => connection, end: async () => undefined } as unknown as PostgresPool;
}
