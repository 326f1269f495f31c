import { newId } from '../../kernel/ids.ts';
import { postDecided } from '../../ledger/post.ts';
import { cycleCleared } from '../../ledger/postings/settlement.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import type { Partner } from '../../partners/partner.ts';
import type { Tx } from '../../platform/database.ts';
import { type CycleLine, netOf } from '../lines/cycle-line.ts';
import { draftLines } from '../lines/draft-lines.rules.ts';
import { type FrozenLine, insertLines } from '../lines/frozen-lines.queries.ts';
import { readCycleFacts } from '../lines/read-facts.ts';
import { settlePositions } from '../netting/settle-positions.ts';
import type { AccountRoot } from '../proof/account-roots.queries.ts';
import { sealCycle } from '../proof/seal-cycle.ts';
import { cycleLeaves, hashOver, statementLeaves } from '../proof/texts.rules.ts';
import type { Statement } from '../statements/statement.ts';
import { insertStatements } from '../statements/statements.queries.ts';
import { clearedEntries } from './cleared.rules.ts';
import { type Cycle, speakingAt } from './cycle.ts';
import { lockCycle, readCyclesByNo, updateCycle } from './cycles.queries.ts';
import { readOutstandingBefore } from './outstanding.queries.ts';

/**
 * CLOSING to CLOSED: draws the lines of a cycle that takes no more postings, freezes them as statements with their instructions, and moves
 * accounts to what the lines say. In one transaction; whoever finds the cycle still closing may do it. Answers the cycle.
 */
export async function freezeCycle(tx: Tx, cycleNo: number): Promise<Cycle> {
  // First the one before, which may be closing at the same time: what it carries is a line of this one, and its hash is sealed here.
  const [last] = await readCyclesByNo(tx, [cycleNo - 1]);
  if (last?.status === 'CLOSING') await freezeCycle(tx, last.no);
  const cycle = await lockCycle(tx, cycleNo);
  if (cycle.status !== 'CLOSING') return cycle;
  const { coalition, now } = await coalitionNow(tx);
  const at = speakingAt(cycle, now);
  const facts = await readCycleFacts(tx, coalition, cycle, at);
  const lines = draftLines(facts, coalition, at);
  const kept = frozen(lines, coalition);
  await insertLines(tx, cycleNo, kept);
  const roots = await sealCycle(tx, cycleNo);
  const statements = await drawStatements(tx, coalition, cycle, kept, roots, at);
  await insertStatements(tx, statements);
  await settlePositions(tx, coalition, lines, statements, at, (partnerId) => termsOf(coalition, partnerId, at));
  const [before] = await readCyclesByNo(tx, [cycleNo - 1]);
  const previous = before?.batchHash ?? null;
  const hashes = hashesByCode(coalition, statements);
  const batchHash = hashOver(cycleLeaves(coalition, cycle, previous, hashes, roots));
  await updateCycle(tx, { ...cycle, status: 'CLOSED', batchHash });
  // Last, since it locks the money of all partners.
  const cleared = clearedEntries(lines, facts.movements, coalition);
  await postDecided(tx, [cycleCleared({ reference: cycle.id, occurredAt: now }, cleared)], []);
  return { ...cycle, status: 'CLOSED', batchHash };
}

/** Lines with the ids that they are kept under; those of one partner count from 1. */
function frozen(lines: readonly CycleLine[], { partners }: Coalition): FrozenLine[] {
  const idOf = new Map(partners.map(({ id, code }) => [code, id]));
  const places = new Map<string, number>();
  return lines.map((line) => ({
    ...line,
    id: newId(),
    kept: [...line.shares].flatMap(([party, share]) => {
      if (share.micros === 0n && share.minor === 0n) return [];
      const partnerId = idOf.get(party) ?? null;
      const no = partnerId === null ? null : (places.get(party) ?? 0) + 1;
      if (no !== null) places.set(party, no);
      return [{ id: newId(), party, partnerId, no, share }];
    }),
  }));
}

const termsOf = (coalition: Coalition, partnerId: string, at: Date): ClauseOf<'paymentTerms'> | undefined =>
  lastClausesBy(coalition.contractAt(partnerId, at), 'paymentTerms', at)[0];

/** The hashes of statements by the codes of their partners. */
function hashesByCode(coalition: Coalition, statements: readonly Statement[]): string[] {
  const codeOf = ({ partnerId }: Statement) => coalition.partnerById(partnerId).code;
  return statements.toSorted((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1)).map(({ hash }) => hash);
}

async function drawStatements(
  tx: Tx,
  coalition: Coalition,
  cycle: Cycle,
  lines: readonly FrozenLine[],
  roots: readonly AccountRoot[],
  at: Date,
): Promise<Statement[]> {
  const [opening, closing] = [await readOutstandingBefore(tx, cycle.no), await readOutstandingBefore(tx, cycle.no + 1)];
  return coalition.partners.map((partner) => {
    const terms = termsOf(coalition, partner.id, at);
    const own = currenciesOf(coalition, partner);
    const pointsOf = (outstanding: ReadonlyMap<number, bigint>) =>
      Object.fromEntries(own.map((no) => [String(no), String(outstanding.get(no) ?? 0n)]));
    const mine = lines.flatMap((line) =>
      line.kept.flatMap(({ partnerId, no, share }) => (partnerId === partner.id ? [{ ...line, ...share, no: no ?? 0 }] : [])),
    );
    const header = {
      ...{ id: newId(), cycleNo: cycle.no, partnerId: partner.id, netMinor: netOf(lines, partner.code) },
      ...{ openingPoints: pointsOf(opening), closingPoints: pointsOf(closing) },
    };
    return {
      ...header,
      status: 'DRAFT' as const,
      hash: hashOver(statementLeaves(coalition, header, mine, roots)),
      netDays: terms?.netDays ?? null,
      disputeWindowDays: terms?.disputeWindowDays ?? null,
      ...{ issuedOn: null, dueDate: null, disputableUntil: null, acceptedAt: null },
    };
  });
}

/** Numbers of the point currencies that are the partner's own; those of the coalition are on the statement of whoever prices them. */
function currenciesOf({ currencies, contracts }: Coalition, { id }: Partner): number[] {
  const priced = new Set(
    contracts
      .filter(({ partnerId }) => partnerId === id)
      .flatMap(({ versions }) => versions.flatMap(({ clauses }) => clauses))
      .flatMap((clause) => (clause.kind === 'issuance' ? [clause.currency] : [])),
  );
  return currencies.filter(({ issuerId, code }) => issuerId === id || (issuerId === undefined && priced.has(code))).map(({ no }) => no);
}
