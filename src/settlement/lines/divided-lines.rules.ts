import type { Coalition } from '../../partners/coalition.ts';
import { promotionBy } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { breakageKey, promotionKey, spreadKey } from './changed-terms.rules.ts';
import type { CycleFacts, Movement } from './cycle-facts.ts';
import type { CycleLine, Party, Share } from './cycle-line.ts';
import { divideBySpells } from './divide-by-spells.rules.ts';
import { breakageTerms, promotionTerms, spreadTerms } from './line-terms.rules.ts';
import { divide, makeLine, negated, plus, rounded } from './make-line.rules.ts';
import { isBreakage, isJoint } from './movement-kinds.rules.ts';
import { type DividedPart, divided, dividedTwice, summed } from './workings.rules.ts';

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

/** JOINT_PROMOTION: what a promotion cost, rounded once and divided among those who funded it when the points were given. */
export function jointLines({ movements, spellSums }: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const promotionOf = (m: Movement) => (isJoint(m) ? m.owner : null);
  const costs = sumsBy(movements, promotionOf);
  const ofOperator = sumsBy(movements, promotionOf, ({ operatorAmount }) => operatorAmount);
  return [...costs].map(([id, micros]) => {
    const name = promotionBy(coalition, id, now)?.code ?? id;
    const spells = promotionTerms(coalition, id, now);
    const whole = rounded(micros, settlementCurrency);
    const { shares, parts } = divideBySpells(whole, spells, spellSums.get(promotionKey(id)) ?? [], settlementCurrency);
    const workings = divided(whole, 'ENTRIES', parts);
    return makeLine(
      { type: 'JOINT_PROMOTION', key: name, description: `Points of the promotion ${name}`, workings },
      shares,
      rounded(-micros - (ofOperator.get(id) ?? 0n), settlementCurrency),
    );
  });
}

/** EXCHANGE_SPREAD: what exchanges from one currency to another left over, divided as the source currency's contract said then; and the operator's fees. */
export function spreadLines({ movements, spellSums }: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const spreads = sumsBy(movements, (m) => (m.kind === 'SPREAD' ? `${m.topic} ${m.owner}` : null));
  const lines = [...spreads].map(([key, micros]) => {
    const [no = '', toId = ''] = key.split(' ');
    const [from, to] = [coalition.currencyNo(Number(no)), coalition.currencyById(toId)];
    const whole = rounded(micros, settlementCurrency);
    const sums = spellSums.get(spreadKey(from.no, to.id)) ?? [];
    const { shares, parts } = divideBySpells(whole, spreadTerms(coalition, from, to, now), sums, settlementCurrency);
    const description = `Spread of exchanges from ${from.code} to ${to.code}`;
    return makeLine(
      { type: 'EXCHANGE_SPREAD', key: `${from.code} ${to.code}`, description, workings: divided(whole, 'ENTRIES', parts) },
      shares,
      negated(whole),
    );
  });
  const fees = sumsBy(movements, (m) => (m.kind === 'OPERATOR' ? m.topic : null));
  const feeLines = [...fees].map(([no, micros]) => {
    const { code } = coalition.currencyNo(no);
    const pool = negated(rounded(micros, settlementCurrency));
    return makeLine(
      { type: 'FEE', key: `EXCHANGE ${code}`, description: `Fees for exchanging ${code}`, workings: summed },
      new Map(),
      pool,
    );
  });
  return [...lines, ...feeLines];
}

/**
 * BREAKAGE: what expired points of a currency left over. The rounded whole is divided over the issuers of the points by what theirs left,
 * and each part as that issuer's contract said when they expired.
 */
export function breakageLines({ movements, spellSums }: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const charged = sumsBy(movements, (m) => (m.kind === 'PARTNER' && m.code === 'lot.expired' ? m.currencyNo : null));
  const left = sumsBy(movements, (m) => (isBreakage(m) ? m.currencyNo : null));
  return [...left].map(([no, micros]) => {
    const currency = coalition.currencyNo(no);
    const byIssuer = sumsBy(movements, (m) => (isBreakage(m) && m.currencyNo === no ? (m.partnerId ?? currency.issuerId ?? null) : null));
    const whole = rounded(micros, settlementCurrency);
    const codes = [...byIssuer].map(([issuerId, weight]) => ({ name: coalition.partnerById(issuerId).code, weight }));
    const shares = new Map<Party, Share>();
    const partsOf = new Map<string, readonly DividedPart[]>();
    for (const [code, part] of divide(whole, codes)) {
      const issuerId = coalition.partnerOf(code)?.id ?? '';
      const sums = spellSums.get(breakageKey(no, issuerId)) ?? [];
      const own = divideBySpells(part, breakageTerms(coalition, issuerId, now), sums, settlementCurrency);
      partsOf.set(code, own.parts);
      for (const [party, share] of own.shares) shares.set(party, plus(shares.get(party), share));
    }
    const workings = dividedTwice(
      whole,
      codes.map((issuer) => ({ ...issuer, parts: partsOf.get(issuer.name) ?? [] })),
    );
    return makeLine(
      { type: 'BREAKAGE', key: currency.code, description: `${currency.code} that expired`, workings },
      shares,
      // What the issuer was charged for them is in its funding.
      rounded(-micros - (charged.get(no) ?? 0n), settlementCurrency),
    );
  });
}
