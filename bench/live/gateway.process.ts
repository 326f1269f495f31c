// One gateway process, as a deployment runs it: the whole house, its jobs included, on a database that exists.

import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/platform/log.ts';
import { answer } from '../answer.ts';

const config = readConfig({ HOST: '127.0.0.1', PORT: '0', SANDBOX: 'true', SEED: 'none', LOG_LEVEL: 'error', ...process.env });
const app = await createApp(config, { databaseUrl: config.databaseUrl ?? '', log: createLog(config.logLevel) });

answer({ port: () => app.port, stop: () => app.close() });
