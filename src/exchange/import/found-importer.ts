import { coalitionToChange } from '../../partners/coalition.ts';
import { foundPartners } from '../../partners/found-partners.ts';
import { type Database, transact } from '../../platform/database.ts';

/**
 * A partner for purchases that are imported: its own currency that never expires, 10 points a unit, a contract in force from the first
 * purchase on. Does nothing when somebody else has created it in the meantime.
 */
export async function foundImporter(database: Database, code: string, firstPurchase: Date): Promise<void> {
  await transact(database, async (tx) => {
    const { coalition } = await coalitionToChange(tx);
    if (coalition.partnerOf(code) !== undefined) return;
    await foundPartners(tx, [
      {
        code,
        name: code,
        roles: ['ISSUER', 'ACCEPTOR'],
        currency: { code, name: `${code} points` },
        effectiveFrom: firstPurchase,
        clauses: [
          { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
          { issuance: { currency: code, redemptionElementMicros: 10_000n, serviceElementMicros: 2_000n } },
          { acceptance: { currencies: [code] } },
          { paymentTerms: { netDays: 15, disputeWindowDays: 10 } },
        ],
        earnRules: [{ code: 'FLAT', currency: code, flatMilliPointsPerUnit: 10_000 }],
      },
    ]);
  });
}
