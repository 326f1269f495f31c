import type { Db, Tx } from '../platform/database.ts';
import type { Location } from './location.ts';

interface LocationRow {
  readonly partner_id: string;
  readonly external_id: string;
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly address: string | null;
}

/** The locations of each partner, in the order of its list. */
export async function readLocations(db: Db, partnerIds: readonly string[]): Promise<Location[][]> {
  const rows = await db.rows<LocationRow>(
    `select partner_id, external_id, name, city, country, address
     from partners.locations where partner_id = any($1::uuid[]) order by partner_id, position`,
    [partnerIds],
  );
  const byPartner = Map.groupBy(rows, (row) => row.partner_id);
  return partnerIds.map((id) => (byPartner.get(id) ?? []).map(toLocation));
}

function toLocation({ external_id, name, city, country, address }: LocationRow): Location {
  return { externalId: external_id, name, city, country, address: address ?? undefined };
}

/** Puts a list of locations in the place of the one that a partner had. */
export async function replaceLocations(tx: Tx, partnerId: string, locations: readonly Location[]): Promise<void> {
  await tx.rows('delete from partners.locations where partner_id = $1', [partnerId]);
  await tx.rows(
    `insert into partners.locations (partner_id, external_id, position, name, city, country, address)
     select $1, l.external_id, l.position, l.name, l.city, l.country, l.address
     from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) with ordinality
       as l (external_id, name, city, country, address, position)`,
    [
      partnerId,
      locations.map((l) => l.externalId),
      locations.map((l) => l.name),
      locations.map((l) => l.city),
      locations.map((l) => l.country),
      locations.map((l) => l.address ?? null),
    ],
  );
}
