/** Recomputes a downloaded statement or cycle, or the proof of one entry, with nothing but the file. */
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Malformed } from './file-row.ts';
import { describeCheck, describeInclusion } from './report.ts';
import { verifyFile } from './verify-file.ts';
import { verifyInclusion } from './verify-inclusion.ts';

const USAGE = `Usage: pointsettia-verify FILE
       pointsettia-verify --inclusion FILE

Recomputes lines, nets and hashes of a downloaded statement or cycle, or the proof that one entry is in a cycle.
Ends with 0 when everything fits, 1 when something does not, 2 when the file cannot be read.`;

function readArguments(): { file: string | undefined; isInclusion: boolean; help: boolean } {
  const { values, positionals } = parseArgs({
    options: { inclusion: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  return {
    file: positionals.length === 1 ? positionals[0] : undefined,
    isInclusion: values.inclusion === true,
    help: values.help === true,
  };
}

async function run(): Promise<number> {
  const { file, isInclusion, help } = readArguments();
  if (help || file === undefined) {
    process[help ? 'stdout' : 'stderr'].write(`${USAGE}\n`);
    return help ? 0 : 2;
  }
  if (isInclusion) {
    const check = verifyInclusion(readFileSync(file, 'utf8'));
    process.stdout.write(`${describeInclusion(check)}\n`);
    return check.reached === check.root ? 0 : 1;
  }
  const source = createReadStream(file, 'utf8');
  await new Promise((resolve, reject) => source.once('open', resolve).once('error', reject));
  const check = await verifyFile(createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY }));
  process.stdout.write(`${describeCheck(check)}\n`);
  return check.breaks.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(error instanceof Malformed ? `Row ${error.row} cannot be read: ${message}.\n` : `${message}\n`);
  process.exitCode = 2;
}
