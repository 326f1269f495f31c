import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NOW, type Nova, STARTS_AT, startNova } from '../support/coalition.ts';
import { MONTH, playMonth } from './play-month.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

export const OPERATOR_ACCOUNT = { holder: 'Nova Operations Ltd', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' };
export const DEPOT_ACCOUNT = { holder: '仓库 Depot & Söhne <GmbH>', iban: 'GB29NWBK60161331926819' };

export interface PlayedMonth {
  readonly nova: Nova;
  readonly cycle: string;
  readonly statements: Readonly<Record<string, string>>;
}

/** Names the operator's bank account, which only a program without postings takes. */
export async function nameOperatorAccount(nova: Nova): Promise<void> {
  await nova.operate('configure-program', {
    code: 'NOVA',
    name: 'Nova',
    timeZone: 'Asia/Shanghai',
    settlementCurrency: 'CNY',
    startsAt: STARTS_AT,
    bankAccount: OPERATOR_ACCOUNT,
  });
  await nova.setClock(NOW);
}

export async function closeCycle(nova: Nova): Promise<string> {
  const { cycle } = await nova.operate<{ cycle: { id: string } }>('close-cycle', {});
  return cycle.id;
}

/** Ids of the statements of a cycle, by partner. */
export async function statementsOf(nova: Nova, cycle: string): Promise<Record<string, string>> {
  const { data } = await nova.app.graphql('query ($id: ID!) { clearingCycle(id: $id) { statements { id partner { code } } } }', {
    token: nova.operator,
    variables: { id: cycle },
  });
  return Object.fromEntries(
    data.clearingCycle.statements.map(({ id, partner }: { id: string; partner: { code: string } }) => [partner.code, id]),
  );
}

/** The month of the handbook, closed and issued: BOOKS is called 书店, and the operator has DEPOT to pay. */
export async function startPlayedMonth(): Promise<PlayedMonth> {
  const nova = await startNova(MONTH);
  await nameOperatorAccount(nova);
  await nova.operate('update-partner', { code: 'BOOKS', name: '书店' });
  await nova.operate('update-partner', { code: 'DEPOT', bankAccount: DEPOT_ACCOUNT });
  await playMonth(nova);
  const cycle = await closeCycle(nova);
  return { nova, cycle, statements: await statementsOf(nova, cycle) };
}

export interface Ended {
  readonly code: unknown;
  readonly output: Buffer;
  readonly complaint: string;
}

/** `npm run settlement:export` as a process of its own on a database, built by the set-up of the run. */
export async function runExport(environment: Record<string, string>, ...args: readonly string[]): Promise<Ended> {
  const child: ChildProcess = spawn(join(BIN, 'node'), [join(ROOT, 'dist/commands/settlement-export.js'), ...args], {
    cwd: ROOT,
    env: { PATH: `${BIN}:${process.env.PATH}`, SANDBOX: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  let complaint = '';
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, output: Buffer.concat(output), complaint };
}
