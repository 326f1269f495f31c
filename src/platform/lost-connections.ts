import type { Pool, PoolClient } from 'pg';

/**
 * Gives a connection back to the pool when no transaction can be begun or rolled back on it: it is lost, and who had it keeps it then. A pool
 * that has lost all its connections in transactions would never give one again, nor close.
 */
export function giveBackLostConnections(pool: Pool): void {
  pool.on('connect', (client) => {
    const send: (...query: unknown[]) => unknown = client.query.bind(client);
    Reflect.set(client, 'query', (...query: unknown[]) =>
      isEdge(query[0]) ? sendOrGiveBack(client, () => send(...query)) : send(...query),
    );
  });
}

/** Whether a statement begins or rolls back a transaction. A commit that fails is followed by a rollback. */
function isEdge(statement: unknown): boolean {
  return typeof statement === 'string' && /^(begin|start transaction.*|rollback)$/.test(statement);
}

async function sendOrGiveBack(client: PoolClient, send: () => unknown): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
