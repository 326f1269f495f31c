import type { ClauseOf } from '../../clause.ts';

export type BrandAsset = ClauseOf<'intellectualProperty'>['assets'][number];

/** When and where a clause licenses something. */
interface Licence {
  readonly from: Date;
  readonly until?: Date | undefined;
  readonly territories?: readonly string[] | undefined;
}

/** The form in which names of assets are compared. */
export function assetName(name: string): string {
  return name.toUpperCase();
}

/** Whether the licence holds at an instant in a country. Without a country only what holds everywhere does. */
export function licensedAt({ from, until, territories }: Licence, at: Date, territory?: string): boolean {
  if (at < from || (until !== undefined && at >= until)) return false;
  return territories === undefined || (territory !== undefined && territories.includes(territory));
}

/** What may be shown by these clauses at an instant in a country. */
export function assetsLicensed(
  clauses: readonly (Licence & { readonly assets: readonly BrandAsset[] })[],
  at: Date,
  territory?: string,
): BrandAsset[] {
  return clauses.filter((clause) => licensedAt(clause, at, territory)).flatMap(({ assets }) => assets);
}

export function logoAmong(assets: readonly BrandAsset[]): BrandAsset | undefined {
  return assets.find(({ name }) => assetName(name) === 'LOGO');
}
