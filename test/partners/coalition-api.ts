import { randomUUID } from 'node:crypto';
import type { TestApp } from '../support/app.ts';

/** What a test of this domain sends again and again, as operator or partner. */
export interface CoalitionApi {
  readonly operator: string;
  partnerToken(code: string): Promise<string>;
  /** Sends one mutation with an `input` and answers its payload. The key is new unless the input has one. */
  change(mutation: string, inputType: string, input: Record<string, unknown>, selection: string, token?: string): Promise<Payload>;
  partner(code: string, more?: Record<string, unknown>): Promise<Payload>;
  currency(code: string, more?: Record<string, unknown>): Promise<Payload>;
  propose(input: Record<string, unknown>, token?: string): Promise<Payload>;
  sign(contractId: string, version: number, token: string, more?: Record<string, unknown>): Promise<Payload>;
  notice(contractId: string, token: string, more?: Record<string, unknown>): Promise<Payload>;
  publish(input: Record<string, unknown>, token?: string): Promise<Payload>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer, and jest compares
export type Payload = any;

export const USER_ERRORS = 'userErrors { code field message }';
const CONTRACT = `contract { id status noticeGivenAt earnEnd burnEnd tailEnd activeVersion { number effectiveFrom effectiveUntil } versions(first: 10) { edges { node { number effectiveFrom effectiveUntil } } } } replayed ${USER_ERRORS}`;
const RULE = `rule { id code version effectiveFrom effectiveUntil flatMilliPointsPerUnit ladder { mode bands { uptoMinor uptoInclusive milliPointsPerUnit } } conditions multiplierBps bonusPoints dailySpendCap { minor currency } frequencyCapPerDay pendingDays partner { code } currency { code } } ${USER_ERRORS}`;

export async function coalitionApi(app: TestApp): Promise<CoalitionApi> {
  const operator = await app.token({ role: 'OPERATOR' });
  const change: CoalitionApi['change'] = async (mutation, inputType, input, selection, token = operator) => {
    const answer = await app.graphql(`mutation ($input: ${inputType}!) { ${mutation}(input: $input) { ${selection} } }`, {
      token,
      variables: { input: { idempotencyKey: randomUUID(), ...input } },
    });
    if (answer.errors !== undefined) throw new Error(`${mutation}: ${JSON.stringify(answer.errors)}`);
    return answer.data[mutation];
  };
  return {
    operator,
    change,
    partnerToken: (code) => app.token({ role: 'PARTNER', partner: code }),
    partner: (code, more) =>
      change(
        'createPartner',
        'CreatePartnerInput',
        { code, name: `Partner ${code}`, roles: ['ISSUER', 'ACCEPTOR'], ...more },
        `partner { id code name roles } replayed ${USER_ERRORS}`,
      ),
    currency: (code, more) =>
      change(
        'createPointCurrency',
        'CreatePointCurrencyInput',
        { code, name: `${code} points`, ...more },
        `currency { id code issuer { code } expiry { never rollingMonths slidingMonths calendarYearEnd { month day yearsAfterEarning } } } ${USER_ERRORS}`,
      ),
    propose: (input, token) => change('proposeContract', 'ProposeContractInput', input, CONTRACT, token),
    sign: (contractId, version, token, more) =>
      change('signContract', 'SignContractInput', { contractId, version, ...more }, CONTRACT, token),
    notice: (contractId, token, more) => change('giveContractNotice', 'GiveContractNoticeInput', { contractId, ...more }, CONTRACT, token),
    publish: (input, token) => change('publishEarnRule', 'PublishEarnRuleInput', input, RULE, token),
  };
}
