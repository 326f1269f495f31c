import type { Coalition } from '../../../src/partners/coalition.ts';
import type { Candidate } from '../../../src/partners/contracts/candidate.rules.ts';
import { readClauses } from '../../../src/partners/contracts/clauses/read-clauses.rules.ts';
import { type Contract, type ContractVersion, contractSpeaking } from '../../../src/partners/contracts/contract.rules.ts';
import type { Partner } from '../../../src/partners/partner.ts';

/** Contracts without a database: partner A issues APT, B issues BPT, C issues CPT; PTS is the coalition's. */

const PARTNERS = ['A', 'B', 'C'];
const partners = PARTNERS.map((code): Partner => partnerNamed(code));

function partnerNamed(code: string): Partner {
  const partner = { id: code, code, name: code, roles: ['ISSUER'], category: undefined, bankAccount: undefined };
  return partner as unknown as Partner;
}

const currencies = [...PARTNERS.map((code) => ({ code: `${code}PT`, issuerId: code })), { code: 'PTS', issuerId: undefined }].map(
  (currency, at) => ({ id: currency.code, no: at + 1, name: currency.code, expiry: { kind: 'NEVER' as const }, ...currency }),
);

export const day = (number: number) => new Date(Date.UTC(2026, 0, number));

export const R = (currency: string, redemptionElementMicros: number | bigint) => ({
  issuance: { currency, redemptionElementMicros: BigInt(redemptionElementMicros), serviceElementMicros: 0n },
});

/** `rate` is [points received, for points given]; none is mid. */
export const exchange = (
  from: string,
  to: string,
  spreadBps: number,
  rate?: readonly [number | bigint, number | bigint],
  more: object = {},
) => ({
  exchange: {
    from,
    to,
    spreadBps,
    operatorShareBps: 10_000,
    sourceShareBps: 0,
    destinationShareBps: 0,
    ...(rate && { rate: { numerator: BigInt(rate[0]), denominator: BigInt(rate[1]) } }),
    ...more,
  },
});

export function versionOf(number: number, partner: string, clauses: readonly object[], from: number, until?: number): ContractVersion {
  const read = readClauses([{ scope: { roles: ['ISSUER'] } }, ...(clauses as Record<string, object>[])], {
    settlementCurrency: 'CNY',
    partner,
    isPartner: (code) => PARTNERS.includes(code),
    isPointCurrency: (code) => currencies.some((currency) => currency.code === code),
    issuerOf: (code) => currencies.find((currency) => currency.code === code)?.issuerId,
  });
  if ('refused' in read) throw new Error(read.refused.message);
  return {
    id: `${partner}${number}`,
    number,
    revision: 1,
    type: 'PARTNERSHIP',
    termMonths: undefined,
    clauses: read.done,
    proposedAt: day(1),
    partnerSignedAt: day(1),
    partnerNote: undefined,
    operatorSignedAt: day(1),
    operatorNote: undefined,
    effectiveFrom: day(from),
    agreedUntil: undefined,
    effectiveUntil: until === undefined ? undefined : day(until),
  };
}

export function contractOf(partnerId: string, versions: readonly ContractVersion[], more: Partial<Contract> = {}): Contract {
  return {
    id: `contract of ${partnerId}`,
    no: 1,
    partnerId,
    versions,
    wasProposed: true,
    suspendedAt: undefined,
    noticeGivenAt: undefined,
    terminationCause: undefined,
    earnEnd: undefined,
    burnEnd: undefined,
    tailEnd: undefined,
    ...more,
  };
}

export function coalitionOf(contracts: readonly Contract[], allowLossFreeLoops = false): Coalition {
  const program = { timeZone: 'Asia/Shanghai', settlementCurrency: 'CNY', allowLossFreeLoops };
  const coalition = {
    program,
    partners,
    currencies,
    contracts,
    earnRules: [],
    currencyOf: (code: string) => currencies.find((currency) => currency.code === code),
    partnerById: partnerNamed,
    contractOf: (partnerId: string) => contracts.findLast((contract) => contract.partnerId === partnerId),
    contractAt: (partnerId: string, at: Date) => contractSpeaking(contracts, partnerId, at),
  };
  return coalition as unknown as Coalition;
}

/** A version that is proposed to a partner: neither has signed. */
export function candidateOf(coalition: Coalition, partner: string, version: ContractVersion): Candidate {
  return {
    coalition,
    partner: partnerNamed(partner),
    contract: coalition.contractOf(partner),
    version: { ...version, partnerSignedAt: undefined, operatorSignedAt: undefined },
    now: day(1),
  };
}
