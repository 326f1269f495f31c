/** Prints a bearer token of the sandbox, and nothing else. */
import { Command, Option } from 'commander';
import { ConfigurationError, readConfig } from '../config.ts';
import { mintSandboxToken, type TokenSubject } from '../gateway/tokens.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly role: 'operator' | 'partner' | 'member';
  readonly person?: string;
  readonly partner?: string;
  readonly member?: string;
}

const command = new Command('token')
  .description('Prints a bearer token for trying the API; sandbox only.')
  .addOption(new Option('--role <role>', 'whom the token speaks for').choices(['operator', 'partner', 'member']).makeOptionMandatory())
  .option('--person <name>', 'who of the operator it is; some decisions take two people')
  .option('--partner <code>', 'code of the partner')
  .option('--member <id>', 'id of the member, mem_...')
  .parse();

function subjectOf({ role, person, partner, member }: Options): TokenSubject {
  if (role === 'operator') return { role: 'OPERATOR', ...(person !== undefined && { person }) };
  if (role === 'partner') return { role: 'PARTNER', partner: partner ?? command.error('--role partner needs --partner CODE') };
  return { role: 'MEMBER', member: member ?? command.error('--role member needs --member ID') };
}

await runCommand(async () => {
  const config = readConfig();
  const subject = subjectOf(command.opts<Options>());
  if (!config.sandbox) throw new ConfigurationError('SANDBOX is off: tokens come from the identity provider of TOKEN_ISSUER.');
  const token = await withDatabase(config, (db) => mintSandboxToken(db, subject));
  process.stdout.write(`${token}\n`);
  return 0;
});
