import { merkleRoot } from '../kernel/merkle.ts';
import { type FileRow, wholeNumber } from './file-row.ts';
import { recomputeLine, type SumOf, Wrong } from './recompute-line.ts';

/** A statement of a file: what its hash is the root of, and its lines. */
export interface StatementState {
  readonly row: FileRow;
  readonly partner: string;
  readonly hash: string;
  readonly leaves: Buffer[];
  readonly lines: { readonly row: FileRow; readonly name: string }[];
}

type Broken = (row: number, what: string) => void;

/** Recomputes the lines, the net and the hash of a statement and says what does not fit. */
export function checkStatement(statement: StatementState, sumOf: SumOf, currency: string, brokenLine: Broken, broken: Broken): void {
  const { row, partner, lines, leaves, hash } = statement;
  for (const line of lines) checkLine(line.row, partner, sumOf, currency, brokenLine);
  const net = lines.reduce((sum, line) => sum + (wholeNumber(line.row.body.minor) ?? 0n), 0n);
  if (String(net) !== row.body.net) broken(row.no, `the lines of ${partner} make ${net} and not ${row.body.net}`);
  const root = merkleRoot(leaves).toString('hex');
  if (root !== hash) broken(row.no, `the statement of ${partner} hashes to ${root} and not to ${hash}`);
}

function checkLine({ no, body }: FileRow, partner: string, sumOf: SumOf, currency: string, broken: Broken): void {
  const { type, key, workings, exactMicros, minor } = body;
  const name = `line ${body.no}, ${type} ${key},`;
  const line = { type: String(type), key: String(key), partner, workings, minor: wholeNumber(minor) ?? 0n };
  try {
    const figure = recomputeLine(line, sumOf, currency);
    if (String(figure.micros) !== exactMicros) broken(no, `${name} is ${figure.micros} micros and not ${exactMicros}`);
    if (String(figure.minor) !== minor) broken(no, `${name} is ${figure.minor} and not ${minor}`);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    broken(no, `${name} does not come about: ${error.message}`);
  }
}
