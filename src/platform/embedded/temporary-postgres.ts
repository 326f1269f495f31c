import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

/** A PostgreSQL for the moment: fast, empty, and gone without a trace when it is stopped. */
export async function startTemporaryPostgres(maxConnections: number): Promise<EmbeddedPostgres> {
  const dataDir = temporaryDataDir();
  const forget = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, durable: false, maxConnections });
    return { ...postgres, stop: () => postgres.stop().finally(forget) };
  } catch (error) {
    forget();
    throw error;
  }
}

/** A directory that PostgreSQL's own user may enter. */
export function temporaryDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'pointsettia-'));
  chmodSync(dataDir, 0o755);
  return dataDir;
}
