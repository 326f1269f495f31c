import { merged } from '../platform/batching/merged.ts';
import { type Db, isPool, type Tx } from '../platform/database.ts';
import { readState } from '../platform/state.ts';
import { type Contract, contractSpeaking } from './contracts/contract.rules.ts';
import { readContracts } from './contracts/contracts.queries.ts';
import { withTimeline } from './contracts/timeline.rules.ts';
import { readPointCurrencies } from './currencies/currencies.queries.ts';
import type { PointCurrency } from './currencies/point-currency.ts';
import type { EarnRule } from './earn-rules/earn-rule.ts';
import { readEarnRules } from './earn-rules/earn-rules.queries.ts';
import type { Partner } from './partner.ts';
import { readPartners } from './partners.queries.ts';
import { readProgram } from './program/program.queries.ts';
import type { Program } from './program/program.ts';

/** All configuration of the program at one revision: what rules are decided by. */
export interface Coalition {
  readonly revision: bigint;
  readonly program: Program;
  readonly currencies: readonly PointCurrency[];
  readonly partners: readonly Partner[];
  readonly contracts: readonly Contract[];
  readonly earnRules: readonly EarnRule[];
  currencyOf(code: string): PointCurrency | undefined;
  currencyNo(no: number): PointCurrency;
  currencyById(id: string): PointCurrency;
  partnerOf(code: string): Partner | undefined;
  partnerById(id: string): Partner;
  /** The partner's contract; the latest when an earlier one has ended and another is more than a draft. */
  contractOf(partnerId: string): Contract | undefined;
  /** The contract that speaks for a partner at an instant: the latest that had begun by then; before the first, the one that is coming. */
  contractAt(partnerId: string, at: Date): Contract | undefined;
  contractById(id: string): Contract;
  earnRuleById(id: string): EarnRule;
  /** The rules by which a partner's purchases may earn: its own and the program's. */
  earnRulesOf(partnerId: string): readonly EarnRule[];
}

async function readCoalition(db: Db, revision: bigint): Promise<Coalition> {
  const [program, currencies, partners, agreed, earnRules] = await Promise.all([
    readProgram(db),
    readPointCurrencies(db),
    readPartners(db),
    readContracts(db),
    readEarnRules(db),
  ]);
  const contracts = agreed.map((contract) => withTimeline(contract, program.timeZone));
  const currencyByCode = new Map(currencies.map((c) => [c.code, c]));
  const currencyByNo = new Map(currencies.map((c) => [c.no, c]));
  const currencyById = new Map(currencies.map((c) => [c.id, c]));
  const partnerByCode = new Map(partners.map((p) => [p.code, p]));
  const partnerById = new Map(partners.map((p) => [p.id, p]));
  const contractById = new Map(contracts.map((c) => [c.id, c]));
  const earnRuleById = new Map(earnRules.map((r) => [r.id, r]));
  const earnRulesByPartner = new Map<string, readonly EarnRule[]>();
  const proposed = contracts.filter(({ versions }) => versions.some(({ proposedAt }) => proposedAt !== undefined));
  const contractByPartner = new Map([...contracts, ...proposed].map((c) => [c.partnerId, c]));
  const contractsByPartner = Map.groupBy(contracts, (c) => c.partnerId);
  return {
    revision,
    program,
    currencies,
    partners,
    contracts,
    earnRules,
    currencyOf: (code) => currencyByCode.get(code),
    currencyNo: (no) => known(currencyByNo.get(no), `point currency ${no}`),
    currencyById: (id) => known(currencyById.get(id), `point currency ${id}`),
    partnerOf: (code) => partnerByCode.get(code),
    partnerById: (id) => known(partnerById.get(id), `partner ${id}`),
    contractOf: (partnerId) => contractByPartner.get(partnerId),
    contractAt: (partnerId, at) =>
      contractSpeaking(contractsByPartner.get(partnerId) ?? [], partnerId, at) ?? contractByPartner.get(partnerId),
    contractById: (id) => known(contractById.get(id), `contract ${id}`),
    earnRuleById: (id) => known(earnRuleById.get(id), `earn rule ${id}`),
    earnRulesOf(partnerId) {
      const rules =
        earnRulesByPartner.get(partnerId) ?? earnRules.filter((rule) => rule.partnerId === undefined || rule.partnerId === partnerId);
      earnRulesByPartner.set(partnerId, rules);
      return rules;
    },
  };
}

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}

const MEMORY_KEY = 'coalition';

/**
 * The configuration in force now, with the program's clock. It is kept in memory and read again when its revision has moved,
 * so a change made through one process holds in all others at once, for one small statement a transaction, or for all requests that come at the same moment.
 */
export async function coalitionNow(db: Db): Promise<{ coalition: Coalition; now: Date }> {
  const state = await readState(db);
  const kept = lastKnown(db);
  if (kept?.revision === state.revision) return { coalition: kept, now: state.now };
  return { coalition: await readFresh(db, state.revision), now: state.now };
}

/** The configuration as this process read it last, when it has: it may have been changed since. */
export const lastKnown = ({ memory }: Db): Coalition | undefined => memory.get(MEMORY_KEY) as Coalition | undefined;

const READING_KEY = 'coalition.reading';

interface Reading {
  readonly revision: bigint;
  readonly coalition: Promise<Coalition>;
}

/**
 * Requests that come while a new revision is being read wait for that one reading. A transaction reads by itself: it holds a connection,
 * and may not wait for a reading that needs one.
 */
async function readFresh(db: Db, revision: bigint): Promise<Coalition> {
  if (!isPool(db)) return readTogether(db, revision);
  const underWay = db.memory.get(READING_KEY) as Reading | undefined;
  if (underWay?.revision === revision) return underWay.coalition;
  const reading: Reading = { revision, coalition: readCoalition(db, revision) };
  db.memory.set(READING_KEY, reading);
  try {
    return remember(db, await reading.coalition);
  } finally {
    if (db.memory.get(READING_KEY) === reading) db.memory.delete(READING_KEY);
  }
}

/** What is read now is not older than the latest of the revisions. */
const readTogether = merged('READ', async (db: Db, revisions: readonly bigint[]): Promise<Coalition[]> => {
  const latest = revisions.reduce((a, b) => (a < b ? b : a));
  const coalition = remember(db, await readCoalition(db, latest));
  return revisions.map(() => coalition);
});

function remember(db: Db, coalition: Coalition): Coalition {
  db.memory.set(MEMORY_KEY, coalition);
  return coalition;
}

/**
 * The same, for a transaction that is going to change configuration: changes take turns, so that what was read still holds
 * when it is written. Every such transaction ends with `bumpRevision`.
 */
export async function coalitionToChange(tx: Tx): Promise<{ coalition: Coalition; now: Date }> {
  await tx.rows('select from platform.state for update');
  return coalitionNow(tx);
}

/**
 * To be called by every use case that changes configuration, in its transaction: all processes read it again.
 * A sequence, so that a revision that was rolled back never comes again with other content. */
export async function bumpRevision(tx: Db): Promise<void> {
  await tx.rows("update platform.state set revision = nextval('platform.revisions')");
}
