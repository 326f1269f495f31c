import fc from 'fast-check';

/** Who pays for points. */
export type Payer = 'PARTNER' | 'PREPAID' | 'JOINT';

/** One random thing that may happen. Numbers choose among what exists at that moment. */
export type Step =
  | {
      readonly do: 'earn' | 'promise';
      readonly member: number;
      readonly partner: number;
      readonly unit: number;
      readonly points: number;
      readonly terms: number;
      readonly limited: boolean;
      readonly payer: Payer;
    }
  | { readonly do: 'confirm' | 'cancel' | 'void' | 'timeout' | 'refund'; readonly pick: number }
  | { readonly do: 'reverse' | 'reverse spent' | 'unpromise' | 'capture'; readonly pick: number; readonly share: number }
  | {
      readonly do: 'hold' | 'overdraw' | 'exchange';
      readonly member: number;
      readonly partner: number;
      readonly unit: number;
      readonly share: number;
    }
  | { readonly do: 'transfer'; readonly member: number; readonly to: number; readonly unit: number; readonly share: number }
  | { readonly do: 'expire' | 'confirm again'; readonly member: number; readonly unit: number }
  | { readonly do: 'wait'; readonly hours: number }
  | {
      readonly do: 'earn together';
      readonly earnings: readonly { readonly member: number; readonly points: number }[];
      readonly partner: number;
      readonly room: number;
    };

const member = fc.nat({ max: 3 });
const partner = fc.nat({ max: 2 });
const unit = fc.integer({ min: 1, max: 2 });
const points = fc.integer({ min: 1, max: 5_000 });
const pick = fc.nat({ max: 999 });
/** Per cent of what is there; above 100 there is too little. */
const share = fc.integer({ min: 1, max: 130 });
const terms = fc.nat({ max: 8 });
const payer = fc.constantFrom<Payer>('PARTNER', 'PARTNER', 'PREPAID', 'JOINT');

const earning = fc.record({ member, partner, unit, points, terms, limited: fc.boolean(), payer });
const chosen = fc.record({ pick });
const part = fc.record({ pick, share });
const spending = fc.record({ member, partner, unit, share });
const place = fc.record({ member, unit });
const moving = fc.record({ member, to: member, unit, share });
const together = fc.record({
  earnings: fc.array(fc.record({ member, points }), { minLength: 2, maxLength: 8 }),
  partner,
  room: fc.nat({ max: 15_000 }),
});

const weigh = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });

export const step: fc.Arbitrary<Step> = fc.oneof(
  weigh(
    8,
    earning.map((a) => ({ do: 'earn', ...a })),
  ),
  weigh(
    3,
    earning.map((a) => ({ do: 'promise', ...a })),
  ),
  weigh(
    2,
    chosen.map((a) => ({ do: 'confirm', ...a })),
  ),
  weigh(
    1,
    chosen.map((a) => ({ do: 'cancel', ...a })),
  ),
  weigh(
    1,
    part.map((a) => ({ do: 'unpromise', ...a })),
  ),
  weigh(
    1,
    place.map((a) => ({ do: 'confirm again', ...a })),
  ),
  weigh(
    3,
    part.map((a) => ({ do: 'reverse', ...a })),
  ),
  weigh(
    2,
    part.map((a) => ({ do: 'reverse spent', ...a })),
  ),
  weigh(
    7,
    spending.map((a) => ({ do: 'hold', ...a })),
  ),
  weigh(
    4,
    part.map((a) => ({ do: 'capture', ...a })),
  ),
  weigh(
    1,
    chosen.map((a) => ({ do: 'void', ...a })),
  ),
  weigh(
    1,
    chosen.map((a) => ({ do: 'timeout', ...a })),
  ),
  weigh(
    2,
    chosen.map((a) => ({ do: 'refund', ...a })),
  ),
  weigh(
    3,
    spending.map((a) => ({ do: 'exchange', ...a })),
  ),
  weigh(
    3,
    moving.map((a) => ({ do: 'transfer', ...a })),
  ),
  weigh(
    3,
    place.map((a) => ({ do: 'expire', ...a })),
  ),
  weigh(
    3,
    fc.integer({ min: 1, max: 30 }).map((hours) => ({ do: 'wait', hours })),
  ),
  weigh(
    2,
    spending.map((a) => ({ do: 'overdraw', ...a })),
  ),
  weigh(
    2,
    together.map((a) => ({ do: 'earn together', ...a })),
  ),
);
