import { actsForPartner } from '../kernel/viewer.ts';
import type { Context } from '../platform/graphql/context.ts';
import { forbidden } from '../platform/graphql/rights.ts';
import { type ContractType, toContract } from './contracts/contract.types.ts';
import { isShownTo } from './contracts/slice-versions.ts';
import { type PointCurrencyType, toPointCurrency } from './currencies/point-currency.types.ts';
import { type EarnRuleType, toEarnRule } from './earn-rules/earn-rule.types.ts';
import { loadCoalition, readCoalitionOnce } from './load-coalition.ts';
import { type PartnerType, toPartner } from './partner.types.ts';

/** Objects of this domain by their stored ids, with the rights of the viewer. */
export const PARTNER_NODES = { Partner: readPartner, PointCurrency: readPointCurrency, Contract: readContract, EarnRule: readEarnRule };

async function readPartner(context: Context, id: string): Promise<PartnerType | undefined> {
  const partner = (await loadCoalition(context)).partners.find((one) => one.id === id);
  return partner && toPartner(partner);
}

async function readPointCurrency(context: Context, id: string): Promise<PointCurrencyType | undefined> {
  const currency = (await loadCoalition(context)).currencies.find((one) => one.id === id);
  return currency && toPointCurrency(currency);
}

async function readContract(context: Context, id: string): Promise<ContractType | undefined> {
  const { coalition, now } = await readCoalitionOnce(context);
  const contract = coalition.contracts.find((one) => one.id === id);
  if (contract !== undefined && !actsForPartner(context.viewer, contract.partnerId)) throw forbidden();
  return contract && isShownTo(contract, context.viewer) ? toContract(contract, now) : undefined;
}

/** Rules are published: members see all of them, a partner its own and those of the program. */
async function readEarnRule(context: Context, id: string): Promise<EarnRuleType | undefined> {
  const { earnRules, program } = await loadCoalition(context);
  const rule = earnRules.find((one) => one.id === id);
  if (rule?.partnerId !== undefined && context.viewer.role === 'PARTNER' && context.viewer.partnerId !== rule.partnerId) throw forbidden();
  return rule && toEarnRule(rule, program.settlementCurrency);
}
