import type { Db } from './database.ts';

/** What this process keeps under a name for the database behind it, made when it is first asked for. */
export function remembered<T>({ memory }: Db, name: string, create: () => T): T {
  const known = memory.get(name) as T | undefined;
  if (known !== undefined) return known;
  const made = create();
  memory.set(name, made);
  return made;
}
