import { run } from './run.ts';

export default async function globalTeardown(): Promise<void> {
  await run.postgres?.stop();
}
