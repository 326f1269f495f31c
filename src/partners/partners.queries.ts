import type { Db } from '../platform/database.ts';
import type { Partner, PartnerScore } from './partner.ts';

type Score = Omit<PartnerScore, 'total' | 'note' | 'at'> & { readonly note: string | null; readonly at: Date };

type PartnerRow = Pick<Partner, 'id' | 'code' | 'name' | 'roles' | 'revision'> & {
  readonly kind: Partner['kind'] | null;
  readonly category: string | null;
  readonly bankAccount: Partner['bankAccount'] | null;
} & (Score | { readonly [Column in keyof Score]: null });

/** All partners, in the order of their codes, each with its latest score. */
export async function readPartners(db: Db): Promise<Partner[]> {
  const rows = await db.rows<PartnerRow>(
    `select p.id, p.code, p.name, p.roles, p.kind, p.category, p.bank_account as "bankAccount", p.revision,
       s.strategic_fit as "strategicFit", s.complementarity, s.brand_reputation as "brandReputation", s.operating_ability as "operatingAbility",
       s.note, s.scored_at as at
     from partners.partners p
     left join lateral (select * from partners.scores s where s.partner_id = p.id order by s.no desc limit 1) s on true
     order by p.code collate "C"`,
  );
  return rows.map(toPartner);
}

function toPartner(row: PartnerRow): Partner {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    roles: row.roles,
    kind: row.kind ?? undefined,
    category: row.category ?? undefined,
    bankAccount: row.bankAccount ?? undefined,
    revision: row.revision,
    score: row.at === null ? undefined : toScore(row),
  };
}

function toScore({ strategicFit, complementarity, brandReputation, operatingAbility, note, at }: Score): PartnerScore {
  const total = strategicFit + complementarity + brandReputation + operatingAbility;
  return { strategicFit, complementarity, brandReputation, operatingAbility, total, note: note ?? undefined, at };
}
