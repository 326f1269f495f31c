import fc from 'fast-check';
import { DateTime as LuxonDateTime } from 'luxon';
import { DateTime } from '../../src/platform/graphql/scalars.ts';

const two = (most: number) => fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, '0'));
const text = fc
  .tuple(
    fc.integer({ min: 1850, max: 2150 }),
    two(13),
    two(32),
    fc.constantFrom('T', 't'),
    two(25),
    two(61),
    two(61),
    fc.oneof(
      fc.constant(''),
      fc.integer({ min: 0, max: 999_999_999 }).map((number) => `.${number}`),
    ),
    fc.oneof(
      fc.constantFrom('Z', 'z'),
      fc.tuple(fc.constantFrom('+', '-'), two(20), two(61)).map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`),
    ),
  )
  .map(
    ([year, month, day, t, hour, minute, second, fraction, zone]) =>
      `${year}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${zone}`,
  );

function instantOf(value: string): number | undefined {
  try {
    return (DateTime.parseValue(value) as Date).getTime();
  } catch {
    return undefined;
  }
}

describe('an instant', () => {
  it('that is read by the short way is the same as by the long one, and none is one that is no instant', () => {
    fc.assert(
      fc.property(text, (value) => {
        const parsed = LuxonDateTime.fromISO(value.toUpperCase());
        const isNear = parsed.isValid && parsed.toMillis() >= Date.UTC(1900, 0, 1);
        expect({ value, instant: instantOf(value) }).toEqual({ value, instant: isNear ? parsed.toMillis() : undefined });
      }),
      { numRuns: 3_000 },
    );
  });

  it('is written as the language writes it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }),
        fc.integer({ min: -90_000_000, max: 90_000_000 }),
        (instant, later) => {
          const next = new Date(instant.getTime() + later);
          const written = [instant, next, instant].map((value) => DateTime.serialize(value));
          expect(written).toEqual([instant.toISOString(), next.toISOString(), instant.toISOString()]);
        },
      ),
    );
    expect(() => DateTime.serialize(new Date(Number.NaN))).toThrow('Invalid time value');
  });
});
