import type { EmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.ts';

/** What the set-up of a test run leaves for its teardown; both run in the same process. */
export const run: { postgres?: EmbeddedPostgres } = {};
