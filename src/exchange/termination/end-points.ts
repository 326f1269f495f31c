import { newId } from '../../kernel/ids.ts';
import { splitLargestRemainder } from '../../kernel/split.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import { type Lot, readSpendableLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import type { OpenedLot, Posting } from '../../ledger/posting.ts';
import { lotsExpired } from '../../ledger/postings/expiry.ts';
import {
  type EndedLot,
  type EndedWallet,
  type EndingFacts,
  lotsBoughtBack,
  lotsConverted,
  worthOf,
} from '../../ledger/postings/termination.ts';
import { lockWallets } from '../../ledger/wallets.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import type { Tx } from '../../platform/database.ts';
import { expiryOf } from '../accrual/accrual.rules.ts';
import { chargedOnExpiry } from '../expiry/expire-lots.ts';
import { redemptionElement } from '../redemption/redemption.rules.ts';
import { drawDeposits } from './draw-deposits.ts';
import type { Ending } from './ending.rules.ts';
import { issueVouchers, type VoucherValue } from './issue-vouchers.ts';
import { addToStep, findHolders, type Taking } from './termination.queries.ts';

/** The points into which others are converted. */
interface NewPoints {
  readonly currency: PointCurrency;
  readonly issuer: string;
  readonly redemptionMicros: bigint;
}

/** Points of a leaving partner that are due to be taken from wallets, and how. */
export interface DuePoints {
  readonly ending: Ending;
  readonly taking: Taking;
  readonly policy: 'BUY_BACK' | 'EXPIRE' | 'CONVERT';
  /** For CONVERT. */
  readonly into: NewPoints | undefined;
}

/** What is taken of one issuer from one wallet. */
interface Taken extends EndedWallet {
  readonly due: DuePoints;
  readonly lots: readonly Lot[];
}

/** Takes points of leaving partners from a bounded number of wallets, as their termination clauses say; answers how many lots. */
export async function endPoints(tx: Tx, coalition: Coalition, asOf: Date, limit: number, due: readonly DuePoints[]): Promise<number> {
  if (due.length === 0) return 0;
  const byIssuer = new Map(due.map((one) => [one.taking.issuer, one]));
  const holders = await findHolders(
    tx,
    due.map(({ taking }) => taking),
    asOf,
    limit,
  );
  if (holders.length === 0) return 0;
  const wallets = await lockWallets(
    tx,
    holders.flatMap(({ issuer, memberId, currencyNo }) => {
      const into = byIssuer.get(issuer)?.into;
      return [{ memberId, unit: currencyNo }, ...(into === undefined ? [] : [{ memberId, unit: into.currency.no }])];
    }),
  );
  const lots = await readSpendableLots(
    tx,
    holders.flatMap(({ memberId, currencyNo }) => wallets.get(accountKey(wallet(memberId, currencyNo)))?.accountId ?? []),
    asOf,
  );
  const taken = holders.flatMap(({ issuer, memberId, currencyNo }): Taken[] => {
    const one = byIssuer.get(issuer);
    const accountId = wallets.get(accountKey(wallet(memberId, currencyNo)))?.accountId;
    const mine = lots.filter((lot) => lot.accountId === accountId && lot.issuer === issuer);
    return one === undefined || mine.length === 0 ? [] : [{ due: one, memberId, currencyNo, lots: mine }];
  });
  if (taken.length === 0) return 0;
  await issueVouchers(
    tx,
    coalition.program.settlementCurrency,
    asOf,
    taken.filter(({ due: { policy } }) => policy === 'BUY_BACK').map((part) => voucherFor(coalition, asOf, part)),
  );
  await addToStep(
    tx,
    'OUTSTANDING',
    [...Map.groupBy(taken, ({ due: { taking } }) => taking.contractId)].map(([contractId, parts]) => ({
      contractId,
      points: sum(parts.map((part) => sum(part.lots.map(({ available }) => available)))),
      micros: sum(parts.map((part) => valueTaken(coalition, asOf, part))),
    })),
  );
  // Last, as it locks the shared accounts: rows come before them, here as in the other steps.
  const postings = taken.map((part) => toPosting(coalition, asOf, part));
  await postDecided(tx, await drawDeposits(tx, coalition, asOf, postings), [...wallets.values()]);
  return taken.reduce((count, part) => count + part.lots.length, 0);
}

const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);

function pricedLots(coalition: Coalition, asOf: Date, { lots, currencyNo }: Taken): EndedLot[] {
  const currency = coalition.currencyNo(currencyNo);
  return lots.map((lot) => ({
    lotId: lot.id,
    issuer: lot.issuer,
    points: lot.available,
    redemptionMicros: redemptionElement(coalition, currency, lot, asOf),
    fundedMicros: lot.fundedMicros,
  }));
}

const expiringLots = (coalition: Coalition, asOf: Date, { lots, currencyNo }: Taken) =>
  lots.map((lot) => ({ lot, points: lot.available, chargedMicros: chargedOnExpiry(coalition, lot, currencyNo, asOf) }));

function factsOf({ ending: { contract } }: DuePoints, occurredAt: Date): EndingFacts {
  return { contractId: contract.id, partnerId: contract.partnerId, occurredAt };
}

function toPosting(coalition: Coalition, asOf: Date, part: Taken): Posting {
  const { due, memberId, currencyNo } = part;
  if (due.policy === 'EXPIRE') {
    const { id: reference, partnerId: issuerId } = due.ending.contract;
    return lotsExpired({ reference, memberId, currencyNo, occurredAt: asOf, issuerId }, expiringLots(coalition, asOf, part));
  }
  const lots = pricedLots(coalition, asOf, part);
  if (due.into === undefined) return lotsBoughtBack(factsOf(due, asOf), part, lots);
  const { into } = due;
  const opens = convert(coalition, asOf, memberId, lots, into);
  return lotsConverted(factsOf(due, asOf), part, into.currency.no, lots, opens);
}

/**
 * What the lots of a wallet become: as many whole points as they are worth together at mid, floored once and handed to them by largest
 * remainder. What falls to a lot is a lot again; a lot to which no point falls ends.
 */
function convert(coalition: Coalition, asOf: Date, memberId: string, lots: readonly EndedLot[], into: NewPoints): OpenedLot[] {
  const shares = splitLargestRemainder(
    worthOf(lots) / into.redemptionMicros,
    lots.map((lot) => ({ name: lot.lotId, weight: worthOf([lot]) })),
  );
  return lots.flatMap((lot) => {
    const points = shares.get(lot.lotId) ?? 0n;
    if (points === 0n) return [];
    return [
      {
        id: newId(),
        wallet: wallet(memberId, into.currency.no),
        issuer: into.issuer,
        origin: 'CONVERSION',
        earnedAt: asOf,
        expiresAt: expiryOf(into.currency, asOf, coalition.program.timeZone),
        points,
        redemptionMicros: into.redemptionMicros,
        fundedMicros: into.redemptionMicros,
        parent: lot.lotId,
      },
    ];
  });
}

/** What the points were worth: what members get for them, or what their expiry leaves. */
function valueTaken(coalition: Coalition, asOf: Date, part: Taken): bigint {
  return part.due.policy === 'EXPIRE'
    ? sum(expiringLots(coalition, asOf, part).map(({ lot, points, chargedMicros }) => points * (lot.fundedMicros + chargedMicros)))
    : worthOf(pricedLots(coalition, asOf, part));
}

function voucherFor(coalition: Coalition, asOf: Date, part: Taken): VoucherValue {
  const lots = pricedLots(coalition, asOf, part);
  return {
    id: newId(),
    contractId: part.due.ending.contract.id,
    memberId: part.memberId,
    currencyNo: part.currencyNo,
    points: sum(lots.map(({ points }) => points)),
    micros: worthOf(lots),
  };
}
