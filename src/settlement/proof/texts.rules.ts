import { canonicalJson } from '../../kernel/canonical-json.ts';
import { toPublicId } from '../../kernel/ids.ts';
import { leafHash, merkleRoot, nodeHash } from '../../kernel/merkle.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountName } from '../entries/account-name.ts';
import type { Share } from '../lines/cycle-line.ts';
import type { Workings } from '../lines/workings.rules.ts';
import type { Statement } from '../statements/statement.ts';
import type { AccountRoot, SealedAccount } from './account-roots.queries.ts';

/** What the hash of a closed cycle commits to first: which one it is, and the hash of the one before. */
export function cycleText(coalition: Coalition, { no, id, startsAt, cutoff }: Cycle, previous: string | null): string {
  const cycle = { cycle: String(no), id: toPublicId('ClearingCycle', id), from: startsAt.toISOString(), cutoff: cutoff.toISOString() };
  return canonicalJson({ ...cycle, currency: coalition.program.settlementCurrency, previous: previous ?? '' });
}

type Header = Pick<Statement, 'id' | 'partnerId' | 'cycleNo' | 'netMinor' | 'openingPoints' | 'closingPoints'>;

/** What the hash of a statement commits to first. */
export function statementText(coalition: Coalition, { id, partnerId, cycleNo, netMinor, openingPoints, closingPoints }: Header): string {
  const pointsOf = (points: Statement['openingPoints']) =>
    Object.fromEntries(Object.entries(points).map(([no, amount]) => [coalition.currencyNo(Number(no)).code, amount]));
  return canonicalJson({
    ...{ statement: toPublicId('Statement', id), cycle: String(cycleNo), partner: coalition.partnerById(partnerId).code },
    ...{ net: String(netMinor), opening: pointsOf(openingPoints), closing: pointsOf(closingPoints) },
  });
}

/** One line of a statement, as its hash commits to it. */
export interface HashedLine extends Share {
  readonly no: number;
  readonly type: string;
  readonly key: string;
  readonly description: string;
  readonly workings: Workings;
}

export function lineText({ no, type, key, description, micros, minor, workings }: HashedLine): string {
  return canonicalJson({ no: String(no), type, key, description, exactMicros: String(micros), minor: String(minor), workings });
}

/** An account, as hashes commit to it. */
export function accountText(coalition: Coalition, account: SealedAccount): string {
  return canonicalJson({ account: String(account.accountId), name: accountName(coalition, account) });
}

/** An account and the entries of the cycle in it. */
export function accountHash(coalition: Coalition, account: AccountRoot): Buffer {
  return nodeHash(leafHash(accountText(coalition, account)), account.root);
}

const OWN: ReadonlySet<string> = new Set(['PARTNER', 'PREPAID', 'DEPOSIT', 'ISSUANCE', 'REDEEMED']);

/** The partner whose statement an account belongs to; null of those that are the cycle's. */
export function ownerOf({ kind, owner }: SealedAccount): string | null {
  return OWN.has(kind) ? owner : null;
}

/** What the hash of a statement is the root of: its header, its lines and the partner's accounts. */
export function statementLeaves(
  coalition: Coalition,
  header: Header,
  lines: readonly HashedLine[],
  roots: readonly AccountRoot[],
): Buffer[] {
  const own = roots.filter((account) => ownerOf(account) === header.partnerId);
  return [
    leafHash(statementText(coalition, header)),
    ...lines.map((line) => leafHash(lineText(line))),
    ...own.map((account) => accountHash(coalition, account)),
  ];
}

/** What the hash of a cycle is the root of: its header, its statements by partner code, and the accounts that are no partner's. */
export function cycleLeaves(
  coalition: Coalition,
  cycle: Cycle,
  previous: string | null,
  statementHashes: readonly string[],
  roots: readonly AccountRoot[],
): Buffer[] {
  const common = roots.filter((account) => ownerOf(account) === null);
  return [
    leafHash(cycleText(coalition, cycle, previous)),
    ...statementHashes.map((hash) => Buffer.from(hash, 'hex')),
    ...common.map((account) => accountHash(coalition, account)),
  ];
}

/** The root over leaves, as it is shown. */
export const hashOver = (leaves: readonly Buffer[]): string => merkleRoot(leaves).toString('hex');
