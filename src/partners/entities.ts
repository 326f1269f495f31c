import { ContractEntity } from './contracts/contract.entity.ts';
import { ContractEventEntity } from './contracts/contract-event.entity.ts';
import { ContractVersionEntity } from './contracts/contract-version.entity.ts';
import { PointCurrencyEntity } from './currencies/point-currency.entity.ts';
import { EarnRuleEntity } from './earn-rules/earn-rule.entity.ts';
import { PartnerEntity } from './partner.entity.ts';
import { ProgramEntity } from './program/program.entity.ts';

/** What this domain keeps. */
export const PARTNER_ENTITIES = [
  ProgramEntity,
  PartnerEntity,
  PointCurrencyEntity,
  ContractEntity,
  ContractVersionEntity,
  ContractEventEntity,
  EarnRuleEntity,
];
