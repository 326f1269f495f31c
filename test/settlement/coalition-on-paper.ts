import type { Coalition } from '../../src/partners/coalition.ts';
import { restoreClause } from '../../src/partners/contracts/clauses/store-clauses.ts';
import { type Contract, contractSpeaking } from '../../src/partners/contracts/contract.rules.ts';
import type { Movement } from '../../src/settlement/lines/cycle-facts.ts';
import { type CycleLine, netOf, OPERATOR, POOL } from '../../src/settlement/lines/cycle-line.ts';

/** A partner of a coalition that exists on paper only: its currency, and its clauses as they are stored. */
export interface OnPaper {
  readonly currency?: string;
  readonly clauses: readonly { readonly kind: string }[];
  readonly contract?: Partial<Contract>;
}

export const STARTS_AT = new Date('2026-01-01T00:00:00+08:00');
export const NOW = new Date('2026-01-31T12:00:00+08:00');

/** The parts of a coalition that lines are drafted by. Ids are codes in lower case. */
export function onPaper(brands: Readonly<Record<string, OnPaper>>): Coalition {
  const codes = Object.keys(brands);
  const partners = codes.map((code) => ({ id: code.toLowerCase(), code }));
  const currencies = codes.flatMap((code) => {
    const currency = brands[code]?.currency;
    return currency === undefined ? [] : [{ id: currency.toLowerCase(), code: currency, issuerId: code.toLowerCase() }];
  });
  const numbered = currencies.map((currency, at) => ({ ...currency, no: at + 1 }));
  const contracts = codes.map(
    (code, at): Contract => ({
      id: code,
      no: at,
      partnerId: code.toLowerCase(),
      wasProposed: true,
      suspendedAt: undefined,
      noticeGivenAt: undefined,
      terminationCause: undefined,
      earnEnd: undefined,
      burnEnd: undefined,
      tailEnd: undefined,
      versions: [
        {
          id: `${code} 1`,
          number: 1,
          revision: 1,
          type: 'PARTNERSHIP',
          termMonths: undefined,
          proposedAt: STARTS_AT,
          partnerSignedAt: STARTS_AT,
          partnerNote: undefined,
          operatorSignedAt: STARTS_AT,
          operatorNote: undefined,
          effectiveFrom: STARTS_AT,
          agreedUntil: undefined,
          effectiveUntil: undefined,
          clauses: (brands[code]?.clauses ?? []).map(restoreClause),
        },
      ],
      ...brands[code]?.contract,
    }),
  );
  const found = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('there is no such thing on paper');
    return value;
  };
  const paper: unknown = {
    program: { settlementCurrency: 'CNY', timeZone: 'Asia/Shanghai' },
    partners,
    currencies: numbered,
    contracts,
    partnerOf: (code: string) => partners.find((one) => one.code === code),
    partnerById: (id: string) => found(partners.find((one) => one.id === id)),
    currencyOf: (code: string) => numbered.find((one) => one.code === code),
    currencyNo: (no: number) => found(numbered.find((one) => one.no === no)),
    currencyById: (id: string) => found(numbered.find((one) => one.id === id)),
    contractOf: (id: string) => contracts.findLast((one) => one.partnerId === id),
    contractAt: (id: string, at: Date) => contractSpeaking(contracts, id, at) ?? contracts.findLast((one) => one.partnerId === id),
  };
  return paper as Coalition;
}

/** One movement; what is not said is nothing. */
export function moved(what: Pick<Movement, 'kind' | 'code' | 'amount'> & Partial<Movement>): Movement {
  return { owner: null, unit: 0, topic: null, partnerId: null, currencyNo: null, operatorAmount: 0n, postings: 1n, ...what };
}

/** The parts of a line in minor units. */
export function partsOf(lines: readonly CycleLine[], type: string, key: string): Record<string, bigint> {
  const line = lines.find((one) => one.type === type && one.key === key);
  if (line === undefined)
    throw new Error(`there is no line ${type} ${key} among ${lines.map((one) => `${one.type} ${one.key}`).join(', ')}`);
  return Object.fromEntries([...line.shares].filter(([, { minor }]) => minor !== 0n).map(([party, { minor }]) => [party, minor]));
}

/** What all parties together have in lines: nothing. */
export function sumOf(lines: readonly CycleLine[], { partners }: Coalition): bigint {
  return [...partners.map(({ code }) => code), OPERATOR, POOL].reduce((sum, party) => sum + netOf(lines, party), 0n);
}
