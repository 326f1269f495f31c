import { currencyDigits } from '../kernel/money.ts';
import type { FileCheck } from './verify-file.ts';
import type { InclusionCheck } from './verify-inclusion.ts';

const SHOWN = 20;

/** An amount in minor units, as people write it. */
function money(minor: string, currency: string): string {
  const digits = currencyDigits(currency);
  const [sign, figures] = minor.startsWith('-') ? ['-', minor.slice(1)] : ['', minor];
  const padded = figures.padStart(digits + 1, '0');
  const units = padded.slice(0, padded.length - digits);
  return `${sign}${units}${digits === 0 ? '' : `.${padded.slice(-digits)}`} ${currency}`;
}

/** What was recomputed of a file, or where it breaks. */
export function describeCheck({ rows, cycle, currency, statements, lines, entries, accounts, batchHash, breaks }: FileCheck): string {
  const read = `Cycle ${cycle}: ${rows} rows, ${statements.length} statements, ${lines} lines, ${accounts} accounts, ${entries} entries.`;
  if (breaks.length > 0) {
    const shown = breaks.slice(0, SHOWN).map(({ row, what }) => `  BROKEN  row ${row}: ${what}.`);
    const more = breaks.length > SHOWN ? [`          and ${breaks.length - SHOWN} more`] : [];
    return [read, ...shown, ...more, `The file is NOT intact. It breaks at row ${breaks[0]?.row}: ${breaks[0]?.what}.`].join('\n');
  }
  return [
    read,
    ...statements.map(
      ({ partner, row, hash, lines: own }) =>
        `  ok   ${partner}: ${own.length} lines make ${money(String(row.body.net), currency)}; hash ${hash}`,
    ),
    `  ok   every line from its entries and workings, every account from its entries`,
    `  ok   cycle ${cycle} with hash ${batchHash}`,
    'The file is intact.',
  ].join('\n');
}

/** Whether the way from an entry leads to the hash of its cycle. */
export function describeInclusion({ entry, root, reached }: InclusionCheck): string {
  return reached === root
    ? `  ok   ${entry} is in the cycle with hash ${root}`
    : `  BROKEN  ${entry}: its way leads to ${reached} and not to ${root}.`;
}
