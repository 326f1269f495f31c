import { newId, toPublicId } from '../kernel/ids.ts';
import type { Outcome } from '../kernel/refusal.ts';
import type { Tx } from '../platform/database.ts';
import type { Moment } from './change-coalition.ts';
import { bumpRevision, coalitionToChange } from './coalition.ts';
import type { ProposedClause } from './contracts/clauses/read-clauses.rules.ts';
import { proposeContract } from './contracts/propose-contract.ts';
import { signContract } from './contracts/sign-contract.ts';
import { createPartner } from './create-partner.ts';
import { createPointCurrency } from './currencies/create-point-currency.ts';
import { publishEarnRule } from './earn-rules/publish-earn-rule.ts';
import type { BankAccount } from './partner.ts';
import type { PartnerRole } from './partner-role.ts';

/** A brand with all that it needs to take part: its currency, a contract in force and its earn rules. */
export interface FoundedPartner {
  readonly code: string;
  readonly name: string;
  readonly roles: readonly PartnerRole[];
  readonly category?: string;
  readonly bankAccount?: BankAccount;
  readonly currency?: { readonly code: string; readonly name: string };
  readonly effectiveFrom: Date;
  readonly clauses: readonly ProposedClause[];
  readonly earnRules: readonly object[];
}

/**
 * Sets partners up as the operator and they themselves would step by step, all agreeing: first who there is, then the contracts, which may
 * name any of them. A refused step undoes all. Answers the partners' ids by code.
 */
export async function foundPartners(tx: Tx, partners: readonly FoundedPartner[]): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { code, name, roles, category, bankAccount, currency } of partners) {
    ids.set(code, await step(tx, (moment) => createPartner(tx, { code, name, roles, category, bankAccount }, moment)));
    if (currency !== undefined) await step(tx, (moment) => createPointCurrency(tx, { ...currency, issuer: code }, moment));
  }
  for (const partner of partners) await contractWith(tx, partner, ids.get(partner.code) ?? '');
  return ids;
}

async function contractWith(tx: Tx, { code, effectiveFrom, clauses, earnRules }: FoundedPartner, partnerId: string): Promise<void> {
  const proposed = await step(tx, (moment) =>
    proposeContract(tx, { partner: code, effectiveFrom, clauses, isHistory: true }, moment, OPERATOR),
  );
  const signature = { contractId: toPublicId('Contract', proposed), version: 1, isHistory: true } as const;
  await step(tx, (moment) => signContract(tx, signature, moment, { role: 'PARTNER', partnerId }));
  await step(tx, (moment) => signContract(tx, signature, moment, OPERATOR));
  for (const rule of earnRules)
    await step(tx, (moment) => publishEarnRule(tx, { partner: code, effectiveFrom, ...rule }, moment, OPERATOR));
}

const OPERATOR = { role: 'OPERATOR', subject: 'operator' } as const;

async function step(tx: Tx, work: (moment: Moment) => Promise<Outcome<string>>): Promise<string> {
  const outcome = await work({ ...(await coalitionToChange(tx)), id: newId() });
  if ('refused' in outcome) throw new Error(`${outcome.refused.field?.join('.') ?? ''} ${outcome.refused.message}`.trim());
  await bumpRevision(tx);
  return outcome.done;
}
