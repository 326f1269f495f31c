import { type Database, type DatabaseOptions, openDatabase } from '../platform/database.ts';
import { PARTNER_ENTITIES } from './entities.ts';

/** The pool that every process of the house works through. */
export function openCoalition(databaseUrl: string, options: Omit<DatabaseOptions, 'entities'>): Promise<Database> {
  return openDatabase(databaseUrl, { ...options, entities: PARTNER_ENTITIES });
}
