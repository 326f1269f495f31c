import { loadExposure } from '../../exchange/exposure/load-exposure.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { toPartner } from '../../partners/partner.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { readOpenCycle } from '../cycles/cycles.queries.ts';
import { netOf } from '../lines/cycle-line.ts';
import { loadLines } from '../lines/load-lines.ts';
import type { NetPositionChangeType } from './net-position-change.types.ts';
import { readPositionVersions } from './position-changes.queries.ts';

/** Where partners stand now, all with one drawing of the open cycle's lines; at least as new as their versions say. */
export async function readPositions(context: Context, partnerIds: readonly string[]): Promise<NetPositionChangeType[]> {
  const versions = await readPositionVersions(context.db, partnerIds);
  const [coalition, cycle] = await Promise.all([loadCoalition(context), context.load(readOpenCycle, 'open')]);
  const lines = await loadLines(context, cycle);
  return Promise.all(
    partnerIds.map(async (partnerId, at) => {
      const partner = coalition.partnerById(partnerId);
      return {
        partnerId,
        partner: toPartner(partner),
        netPosition: { minor: netOf(lines, partner.code), currency: coalition.program.settlementCurrency },
        exposure: await loadExposure(context, partnerId),
        version: versions[at] ?? 0n,
        resync: false,
      };
    }),
  );
}
