import type { Client } from 'pg';

/** The query for the process of PostgreSQL's server, which started all others. */
export const SERVER_PID = `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer as pid`;

export async function serverPid(owner: Client): Promise<number> {
  const { rows } = await owner.query<{ pid: number }>(SERVER_PID);
  const [server] = rows;
  if (server === undefined) throw new Error('PostgreSQL did not say which process it is');
  return server.pid;
}
