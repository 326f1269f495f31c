import { creditLimitMinor, exposureOf, positionMicros } from '../../exchange/exposure/exposure.rules.ts';
import { toExposure } from '../../exchange/exposure/exposure.types.ts';
import { readPosition } from '../../exchange/exposure/partner-money.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import { toPartner } from '../../partners/partner.types.ts';
import type { Database } from '../../platform/database.ts';
import { readOpenCycle } from '../cycles/cycles.queries.ts';
import { netOf } from '../lines/cycle-line.ts';
import { drawLines } from '../lines/load-lines.ts';
import type { NetPositionChangeType } from './net-position-change.types.ts';
import { readPositionVersions } from './position-changes.queries.ts';

/** Where partners stand now, all with one drawing of the open cycle's lines; at least as new as their versions say. */
export async function readPositions(database: Database, partnerIds: readonly string[]): Promise<NetPositionChangeType[]> {
  const versions = await readPositionVersions(database, partnerIds);
  const [{ coalition, now }, [cycle]] = await Promise.all([coalitionNow(database), readOpenCycle(database, ['open'])]);
  if (cycle === undefined) throw new Error('no clearing cycle is open');
  const lines = await drawLines(database, coalition, cycle, now);
  const { settlementCurrency: currency } = coalition.program;
  return Promise.all(
    partnerIds.map(async (partnerId, at) => {
      const partner = coalition.partnerById(partnerId);
      const position = await readPosition(database, coalition, partnerId, now);
      const limit = creditLimitMinor(coalition.contractAt(partnerId, now), now);
      return {
        partnerId,
        partner: toPartner(partner),
        netPosition: { minor: netOf(lines, partner.code), currency },
        exposure: toExposure(exposureOf(positionMicros(position), limit, currency), currency),
        version: versions[at] ?? 0n,
        resync: false,
      };
    }),
  );
}
