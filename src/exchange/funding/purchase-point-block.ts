import { newId } from '../../kernel/ids.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { partnerMoney, prepaid } from '../../ledger/account.ts';
import { lockAccounts } from '../../ledger/lock-accounts.ts';
import { post } from '../../ledger/post.ts';
import { blockPurchased } from '../../ledger/postings/block.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import { clausesOf } from '../../partners/contracts/clause.ts';
import { pointPriceMicros } from '../../partners/contracts/clauses/issuance/issuance.rules.ts';
import { versionFor } from '../../partners/contracts/grants.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once, type Recorded } from '../../platform/idempotency.ts';
import { LARGEST_AMOUNT, LARGEST_MICROS } from '../accrual/accrual.rules.ts';
import { creditLimitMicros, FLOOR_REFUSALS, MOST_MICROS } from '../accrual/limits.rules.ts';
import { readPartnerMicros } from '../exposure/partner-money.queries.ts';
import type { PointBlock } from './point-block.ts';
import { insertBlock, readBlocks } from './point-blocks.queries.ts';

export interface BlockPurchase {
  readonly attempt: Attempt;
  /** Codes of the partner that pays and of the currency of the points. */
  readonly partner: string;
  readonly currency: string;
  readonly points: bigint;
  /** At how many points left the partner is to buy again. */
  readonly alertPoints: bigint | undefined;
}

function checkPurchase({ points, alertPoints }: BlockPurchase): Outcome<true> {
  if (points < 1n || points > LARGEST_AMOUNT) return invalid('points', `Points are between 1 and ${LARGEST_AMOUNT}.`);
  if (alertPoints !== undefined && (alertPoints < 0n || alertPoints > LARGEST_AMOUNT))
    return invalid('alertPoints', `Points are between 0 and ${LARGEST_AMOUNT}.`);
  return done(true);
}

/** Sells a partner points that it will issue later, at the price of now. */
export async function purchasePointBlock(tx: Tx, purchase: BlockPurchase): Promise<Outcome<PointBlock>> {
  const { coalition, now } = await coalitionNow(tx);
  const partner = coalition.partnerOf(purchase.partner);
  const currency = coalition.currencyOf(purchase.currency);
  // All that brings the partner nearer to its credit limit waits here, so that its exposure can be read.
  if (partner !== undefined && currency !== undefined) await lockAccounts(tx, [partnerMoney(partner.id), prepaid(partner.id, currency.no)]);
  const outcome = await once<PointBlock>(
    tx,
    purchase.attempt,
    (recorded) => repeat(tx, recorded),
    async () => {
      const form = checkPurchase(purchase);
      if ('refused' in form) return form;
      if (partner === undefined) return invalid('partner', `There is no partner ${purchase.partner}.`);
      if (currency === undefined) return invalid('currency', `There is no point currency ${purchase.currency}.`);
      const version = versionFor(coalition.contractAt(partner.id, now), 'EARN', now);
      if ('refused' in version) return version;
      const terms = clausesOf(version.done.clauses, 'issuance').find((clause) => clause.currency === currency.code);
      if (terms?.billing !== 'PREPAID') {
        return refused(
          'CLAUSE_NOT_GRANTED',
          `The contract of ${partner.code} does not let it issue ${currency.code} from prepaid blocks.`,
          {
            field: ['currency'],
          },
        );
      }
      const cost = purchase.points * pointPriceMicros(terms);
      if (cost > LARGEST_MICROS) return invalid('points', 'This would cost more than one block can.');
      const after = (await readPartnerMicros(tx, coalition, partner.id, now)) - cost;
      const limit = creditLimitMicros(coalition, partner.id, now);
      if (limit !== undefined && cost > 0n && after < -limit) {
        return refused('CREDIT_LIMIT', 'The exposure of the partner would pass its credit limit: settle, or raise the limit.');
      }
      const block: PointBlock = {
        id: newId(),
        partnerId: partner.id,
        currencyNo: currency.no,
        points: purchase.points,
        remaining: purchase.points,
        redemptionMicros: terms.redemptionElementMicros,
        serviceMicros: terms.serviceElementMicros,
        alertPoints: purchase.alertPoints,
        purchasedAt: now,
      };
      if (cost > 0n) {
        const full = { account: partnerMoney(partner.id), floor: -MOST_MICROS, name: 'book_limit' };
        const [posted] = await post(tx, [blockPurchased({ reference: block.id, ...block, occurredAt: now }, cost, [full])]);
        const refusal = posted?.refusal === undefined ? undefined : FLOOR_REFUSALS[posted.refusal]?.();
        if (refusal !== undefined) return refusal;
      }
      await insertBlock(tx, block);
      return done({ value: block, record: { block: block.id } });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

/** The block as it was when it had just been bought. */
async function repeat(tx: Tx, recorded: Recorded): Promise<PointBlock> {
  const [block] = await readBlocks(tx, [String(recorded.block)]);
  if (block === undefined) throw new Error('a recorded block is not stored');
  return { ...block, remaining: block.points };
}
