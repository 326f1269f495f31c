import type { FastifyInstance } from 'fastify';
import type { Db } from '../platform/database.ts';

const PATIENCE_MS = 2_000;

/** For the machine that watches us: alive at all, and able to work. */
export function serveHealth(app: FastifyInstance, db: Db): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const ready = await answers(db);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'the database does not answer' });
  });
}

async function answers(db: Db): Promise<boolean> {
  const patience = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => patience.resolve(false), PATIENCE_MS);
  const probe = db.rows('select 1').then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([probe, patience.promise]);
  } finally {
    clearTimeout(timer);
  }
}
