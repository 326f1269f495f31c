import {
  assetsLicensed,
  licensedAt,
  logoAmong,
} from '../../../src/partners/contracts/clauses/intellectual-property/intellectual-property.rules.ts';
import { faultOf } from './clause-fault.ts';

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const LOGO = { name: 'LOGO', url: 'https://a.example/logo.svg' };
const BANNER = { name: 'BANNER', url: 'https://a.example/banner.png' };
const january = { kind: 'intellectualProperty', assets: [LOGO], from: day(5), until: day(10) } as const;

test.each([
  ['the instant before it begins', january, new Date(day(5).getTime() - 1), undefined, false],
  ['its first instant', january, day(5), undefined, true],
  ['its last instant', january, new Date(day(10).getTime() - 1), undefined, true],
  ['the instant at which it ends', january, day(10), undefined, false],
  ['any time when it has no end', { from: day(5) }, day(10_000), undefined, true],
  ['a country that it names', { ...january, territories: ['CN', 'HK'] }, day(7), 'HK', true],
  ['a country that it does not name', { ...january, territories: ['CN', 'HK'] }, day(7), 'JP', false],
  ['a country after its end', { ...january, territories: ['CN'] }, day(10), 'CN', false],
  ['everywhere when it names countries', { ...january, territories: ['CN'] }, day(7), undefined, false],
  ['any country when it names none', january, day(7), 'JP', true],
] as const)('a licence for %s', (_, clause, at, territory, holds) => {
  expect(licensedAt(clause, at, territory)).toBe(holds);
});

test('several licences are shown together, each within its own time', () => {
  const later = { ...january, assets: [BANNER], from: day(8), until: day(12) };
  const shown = (at: Date) => assetsLicensed([january, later], at).map(({ name }) => name);
  expect([4, 5, 8, 10, 12].map((at) => shown(day(at)))).toEqual([[], ['LOGO'], ['LOGO', 'BANNER'], ['BANNER'], []]);
});

test('the logo is the asset of that name, whatever its capitals', () => {
  expect(logoAmong([BANNER, { ...LOGO, name: 'Logo' }])?.url).toBe(LOGO.url);
  expect(logoAmong([BANNER])).toBeUndefined();
});

const VALID = { assets: [LOGO], from: day(1) };
const assets = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `A${at}`, url: 'https://a.example/' }));

test.each([
  ['one asset without an end', {}],
  ['twenty assets', { assets: assets(20) }],
  ['countries', { territories: ['CN', 'DE'] }],
  ['a name of 64 characters', { assets: [{ ...LOGO, name: 'N'.repeat(64) }] }],
])('%s is accepted', (_, more) => {
  expect(faultOf('intellectualProperty', { ...VALID, ...more })).toBeUndefined();
});

test.each([
  ['no asset', { assets: [] }, 'assets'],
  ['a twenty-first asset', { assets: assets(21) }, 'assets'],
  ['an asset twice', { assets: [LOGO, { ...LOGO, name: 'logo' }] }, 'assets'],
  ['an asset without a name', { assets: [{ ...LOGO, name: '  ' }] }, 'assets.0.name'],
  ['a name of 65 characters', { assets: [{ ...LOGO, name: 'N'.repeat(65) }] }, 'assets.0.name'],
  ['an address without encryption', { assets: [BANNER, { ...LOGO, url: 'http://a.example/logo.svg' }] }, 'assets.1.url'],
  ['a script in place of an address', { assets: [{ ...LOGO, url: 'javascript:alert(1)' }] }, 'assets.0.url'],
  ['an address with a password', { assets: [{ ...LOGO, url: 'https://me:secret@a.example/' }] }, 'assets.0.url'],
  ['no address at all', { assets: [{ ...LOGO, url: 'logo.svg' }] }, 'assets.0.url'],
  ['an end at its beginning', { until: day(1) }, 'until'],
  ['no country', { territories: [] }, 'territories'],
  ['a country twice', { territories: ['CN', 'CN'] }, 'territories'],
  ['a country in small letters', { territories: ['CN', 'de'] }, 'territories.1'],
  ['a country that does not exist', { territories: ['XX'] }, 'territories.0'],
])('%s is refused', (_, more, path) => {
  expect(faultOf('intellectualProperty', { ...VALID, ...more })).toBe(`clauses.1.intellectualProperty.${path}`);
});

test('a version names an asset once, over all its clauses', () => {
  expect(faultOf('intellectualProperty', VALID, { ...VALID, assets: [BANNER] })).toBeUndefined();
  expect(faultOf('intellectualProperty', VALID, { ...VALID, assets: [BANNER, { ...LOGO, name: 'logo' }] })).toBe(
    'clauses.2.intellectualProperty',
  );
});
