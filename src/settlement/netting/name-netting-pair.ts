import { parseIdOf } from '../../kernel/ids.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Moment } from '../../partners/change-coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { readOpenCycle } from '../cycles/cycles.queries.ts';
import { insertNettingPair, readNettingPairs, updateEnd } from './netting-pairs.queries.ts';

export interface NameNettingPair {
  readonly partners: readonly string[];
  readonly from?: Date | null;
}

/** From an instant on two partners settle with each other what they owe each other directly. It reaches back as far as the open cycle. */
export async function nameNettingPair(
  tx: Tx,
  { partners, from }: NameNettingPair,
  { coalition, now, id }: Moment,
): Promise<Outcome<string>> {
  const [one, other, ...more] = partners.map((code) => coalition.partnerOf(code));
  if (partners.length !== 2 || more.length > 0) return invalid('partners', 'A pair is the codes of two partners.');
  if (one === undefined || other === undefined)
    return invalid('partners', `There is no partner ${partners.find((code) => coalition.partnerOf(code) === undefined)}.`);
  if (one.id === other.id) return invalid('partners', 'A pair is two different partners.');
  const [cycle] = await readOpenCycle(tx, ['open']);
  const startsAt = from ?? now;
  if (cycle !== undefined && startsAt < cycle.startsAt)
    return invalid('from', `What was closed is not netted again: the open cycle began at ${cycle.startsAt.toISOString()}.`);
  const [partnerA, partnerB] = one.id < other.id ? [one.id, other.id] : [other.id, one.id];
  const [named = []] = await readNettingPairs(tx, ['all']);
  const same = named.filter((pair) => pair.partnerA === partnerA && pair.partnerB === partnerB);
  if (same.some(({ startsAt: begins, endsAt }) => endsAt === null || (endsAt > startsAt && endsAt > begins)))
    return refused('DUPLICATE', 'These two partners are a netting pair then: end it first.', { field: ['partners'] });
  await insertNettingPair(tx, { id, partnerA, partnerB, startsAt, endsAt: null });
  return done(id);
}

export interface EndNettingPair {
  readonly pairId: string;
  readonly until?: Date | null;
}

/** From an instant on, now or later, two partners settle through the operator again. */
export async function endNettingPair(tx: Tx, { pairId, until }: EndNettingPair, { now }: Moment): Promise<Outcome<string>> {
  const id = parseIdOf('NettingPair', pairId);
  const [named = []] = await readNettingPairs(tx, ['all']);
  const pair = named.find((one) => one.id === id);
  if (pair === undefined) return invalid('pairId', 'There is no such netting pair.');
  if (pair.endsAt !== null) return invalid('pairId', `The pair ends at ${pair.endsAt.toISOString()} already.`);
  const endsAt = until ?? now;
  if (endsAt < now) return invalid('until', `A pair ends now or later: the program's clock shows ${now.toISOString()}.`);
  // One that has not begun by then never does.
  await updateEnd(tx, pair.id, endsAt < pair.startsAt ? pair.startsAt : endsAt);
  return done(pair.id);
}
