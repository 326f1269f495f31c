import type { Share as Weight } from '../../kernel/split.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { breakageShares } from '../../partners/contracts/clauses/breakage/breakage.rules.ts';
import { promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { offererOf } from '../../partners/rates/exchange-offer.rules.ts';
import { priceOf } from '../../partners/rates/prices.rules.ts';
import { clausesSaid } from './cycle-clauses.rules.ts';
import type { CycleFacts, Movement } from './cycle-facts.ts';
import { type CycleLine, OPERATOR } from './cycle-line.ts';
import { divide, makeLine, negated, rounded } from './make-line.rules.ts';

const ALL_TO_OPERATOR: readonly Weight[] = [{ name: OPERATOR, weight: 1n }];

/** Sums of what some movements brought, by a key. */
function sumsBy<Key>(
  movements: readonly Movement[],
  keyOf: (movement: Movement) => Key | null,
  amountOf: (movement: Movement) => bigint = ({ amount }) => amount,
): Map<Key, bigint> {
  const sums = new Map<Key, bigint>();
  for (const movement of movements) {
    const key = keyOf(movement);
    if (key !== null) sums.set(key, (sums.get(key) ?? 0n) + amountOf(movement));
  }
  return sums;
}

/** JOINT_PROMOTION: what a promotion cost, rounded once and divided among its funders. */
export function jointLines({ movements }: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const clauses = new Map(
    clausesSaid(coalition, 'jointPromotion', now)
      .toReversed()
      .map(({ clause }) => [promotionId(clause.promotion), clause]),
  );
  const promotionOf = (m: Movement) => (m.kind === 'JOINT' && m.unit === 0 ? m.owner : null);
  const costs = sumsBy(movements, promotionOf);
  const ofOperator = sumsBy(movements, promotionOf, ({ operatorAmount }) => operatorAmount);
  return [...costs].map(([id, micros]) => {
    const clause = clauses.get(id);
    const weights = clause?.contributions.map(({ partner, weight }) => ({ name: partner, weight })) ?? ALL_TO_OPERATOR;
    return makeLine(
      { type: 'JOINT_PROMOTION', key: clause?.promotion ?? id, description: `Points of the promotion ${clause?.promotion ?? id}` },
      divide(rounded(micros, settlementCurrency), weights),
      rounded(-micros - (ofOperator.get(id) ?? 0n), settlementCurrency),
    );
  });
}

/** Code of the partner that stands for a currency: its issuer; of a currency of the coalition, the one whose price holds. */
function issuerOf(coalition: Coalition, currency: PointCurrency, now: Date): string {
  const issuer = currency.issuerId ?? priceOf(coalition, currency, now)?.contract.partnerId;
  return issuer === undefined ? OPERATOR : coalition.partnerById(issuer).code;
}

/** EXCHANGE_SPREAD: what exchanges from one currency to another left over, divided as the source currency's contract says; and the operator's fees. */
export function spreadLines({ movements }: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const spreads = sumsBy(movements, (m) => (m.kind === 'SPREAD' ? `${m.topic} ${m.owner}` : null));
  const lines = [...spreads].map(([key, micros]) => {
    const [no = '', toId = ''] = key.split(' ');
    const [from, to] = [coalition.currencyNo(Number(no)), coalition.currencyById(toId)];
    const contract = offererOf(coalition, from, to.code, now);
    const clause = lastClausesBy(contract, 'exchange', now).find((one) => one.from === from.code && one.to === to.code);
    const weights =
      clause === undefined
        ? ALL_TO_OPERATOR
        : [
            { name: OPERATOR, weight: BigInt(clause.operatorShareBps) },
            {
              name: contract === undefined ? OPERATOR : coalition.partnerById(contract.partnerId).code,
              weight: BigInt(clause.sourceShareBps),
            },
            { name: issuerOf(coalition, to, now), weight: BigInt(clause.destinationShareBps) },
          ];
    const whole = rounded(micros, settlementCurrency);
    return makeLine(
      { type: 'EXCHANGE_SPREAD', key: `${from.code} ${to.code}`, description: `Spread of exchanges from ${from.code} to ${to.code}` },
      divide(whole, weights),
      negated(whole),
    );
  });
  const fees = sumsBy(movements, (m) => (m.kind === 'OPERATOR' ? m.topic : null));
  const feeLines = [...fees].map(([no, micros]) => {
    const { code } = coalition.currencyNo(no);
    const pool = negated(rounded(micros, settlementCurrency));
    return makeLine({ type: 'FEE', key: `EXCHANGE ${code}`, description: `Fees for exchanging ${code}` }, new Map(), pool);
  });
  return [...lines, ...feeLines];
}

/** BREAKAGE: what expired points of a currency left over, divided as its issuer's contract says. */
export function breakageLines({ movements }: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const ofExpiry = (kind: Movement['kind']) =>
    sumsBy(movements, (m) => (m.kind === kind && m.code === 'lot.expired' && m.topic === null ? m.currencyNo : null));
  const charged = ofExpiry('PARTNER');
  return [...ofExpiry('OPERATOR')].map(([no, micros]) => {
    const currency = coalition.currencyNo(no);
    const issuer = issuerOf(coalition, currency, now);
    const issuerId = coalition.partnerOf(issuer)?.id;
    const [clause] = issuerId === undefined ? [] : lastClausesBy(coalition.contractAt(issuerId, now), 'breakage', now);
    return makeLine(
      { type: 'BREAKAGE', key: currency.code, description: `${currency.code} that expired` },
      divide(rounded(micros, settlementCurrency), breakageShares(clause, issuer, OPERATOR)),
      // What the issuer was charged for them is in its funding.
      rounded(-micros - (charged.get(no) ?? 0n), settlementCurrency),
    );
  });
}
