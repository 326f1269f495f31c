/** Derives every balance of the ledger again from its entries, holds it against what was done, and says what was checked; ends with 1 when something is off. */
import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { EXCHANGE_CHECKS } from '../exchange/exchange.checks.ts';
import { describeVerification, verifyLedger } from '../ledger/verify.ts';
import { SETTLEMENT_CHECKS } from '../settlement/settlement.checks.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

const command = new Command('verify')
  .description('Derives every balance again from the entries of the ledger and lists what is off.')
  .option('--json', 'print the result as JSON')
  .parse();

await runCommand(async () => {
  const verification = await withDatabase(readConfig(), (database) => verifyLedger(database, [...EXCHANGE_CHECKS, ...SETTLEMENT_CHECKS]));
  process.stdout.write(
    `${command.opts<{ json?: true }>().json ? JSON.stringify(verification, undefined, 2) : describeVerification(verification)}\n`,
  );
  return verification.intact ? 0 : 1;
});
