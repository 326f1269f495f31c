import type { Db } from '../../platform/database.ts';
import { earnDefinition } from './earn-definition.ts';
import type { EarnRule } from './earn-rule.ts';

interface EarnRuleRow {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly partner_id: string | null;
  readonly currency_no: number;
  readonly effective_from: Date;
  readonly effective_until: Date | null;
  readonly definition: unknown;
}

/** All versions of all earn rules: the program's and then each partner's, by code and version. */
export async function readEarnRules(db: Db): Promise<EarnRule[]> {
  const rows = await db.rows<EarnRuleRow>(
    `select id, code, version, partner_id, currency_no, effective_from, effective_until, definition
     from partners.earn_rules order by partner_id nulls first, code collate "C", version`,
  );
  return rows.map(toEarnRule);
}

function toEarnRule(row: EarnRuleRow): EarnRule {
  const definition = earnDefinition.parse(row.definition);
  return {
    id: row.id,
    code: row.code,
    version: row.version,
    partnerId: row.partner_id ?? undefined,
    currencyNo: row.currency_no,
    effectiveFrom: row.effective_from,
    effectiveUntil: row.effective_until ?? undefined,
    flatMilliPointsPerUnit: definition.flatMilliPointsPerUnit,
    ladder: definition.ladder && {
      mode: definition.ladder.mode,
      bands: definition.ladder.bands.map((band) => ({ ...band, uptoMinor: band.uptoMinor })),
    },
    multiplierBps: definition.multiplierBps,
    bonusPoints: definition.bonusPoints,
    conditions: definition.conditions,
    dailySpendCapMinor: definition.dailySpendCapMinor,
    frequencyCapPerDay: definition.frequencyCapPerDay,
    pendingDays: definition.pendingDays,
  };
}
