import { newId } from '../../kernel/ids.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import { findMembers, readMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { checkPoints } from '../redemption/redemption.rules.ts';
import { checkCyclesCap, checkMembersCaps } from './check-caps.ts';
import { readSpendable } from './exchange.queries.ts';
import type { ExchangeQuote } from './exchange.ts';
import { checkIncrement, creditFor, grantExchange, pairOf } from './exchange-terms.rules.ts';
import { insertQuotes } from './quotes.queries.ts';

export interface QuoteCommand {
  readonly caller: Extract<Viewer, { readonly role: 'MEMBER' | 'PARTNER' }>;
  /** The member named, or why the name cannot be read; undefined when none is. */
  readonly member: Outcome<MemberKey> | undefined;
  readonly from: string;
  readonly to: string;
  readonly points: bigint;
}

/** Says what a member would get for points and locks the terms for a while. It promises nothing else: no points are set aside. */
export async function quoteExchange(tx: Tx, command: QuoteCommand): Promise<Outcome<ExchangeQuote>> {
  const { caller, points } = command;
  const { coalition, now } = await coalitionNow(tx);
  const form = checkPoints(points);
  if ('refused' in form) return form;
  const pair = pairOf(coalition, command.from, command.to);
  if ('refused' in pair) return pair;
  const multiple = checkIncrement(coalition, pair.done, points, now);
  if ('refused' in multiple) return multiple;
  const found = await findCallersMember(tx, command);
  if ('refused' in found) return found;
  const member = found.done;
  const partnerId = caller.role === 'PARTNER' ? caller.partnerId : undefined;
  const granted = grantExchange(coalition, pair.done, partnerId, now);
  if ('refused' in granted) return granted;
  const { clause, terms } = granted.done;
  if (member.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
  const credited = creditFor(granted.done, points);
  if ('refused' in credited) return credited;
  const [fromNo, toNo] = [pair.done.from.no, pair.done.to.no];
  const wanted = { clause, memberId: member.id, fromNo, toNo, debited: points, now, timeZone: coalition.program.timeZone };
  const [own, everybodys, [available = 0n]] = await Promise.all([
    checkMembersCaps(tx, wanted),
    checkCyclesCap(tx, wanted),
    readSpendable(tx, [{ memberId: member.id, currencyNo: fromNo, now }]),
  ]);
  if ('refused' in own) return own;
  if ('refused' in everybodys) return everybodys;
  if (available < points) {
    return refused('INSUFFICIENT_POINTS', `${available} points can be exchanged, fewer than ${points}.`, {
      field: ['points'],
      details: { available: Number(available), required: Number(points) },
    });
  }
  const quote: ExchangeQuote = {
    ...terms,
    id: newId(),
    memberId: member.id,
    partnerId,
    fromNo,
    toNo,
    debited: points,
    credited: credited.done,
    createdAt: now,
    expiresAt: new Date(now.getTime() + clause.quoteTtlSeconds * 1000),
    executedAt: undefined,
  };
  await insertQuotes(tx, [quote]);
  return done(quote);
}

/** A member asks for itself, named or not; a partner names one. */
async function findCallersMember(tx: Tx, { caller, member }: QuoteCommand): Promise<Outcome<Member>> {
  if (member !== undefined && 'refused' in member) return member;
  if (caller.role !== 'MEMBER') {
    if (member === undefined) return invalid('member', 'Name the member.');
    const [named] = await findMembers(tx, [member.done]);
    return named === undefined ? invalid('member', 'There is no such member.') : done(named);
  }
  const [self] = member === undefined ? await readMembers(tx, [caller.memberId]) : await findMembers(tx, [member.done]);
  return self?.id === caller.memberId ? done(self) : refused('FORBIDDEN', 'A member asks for itself only.', { field: ['member'] });
}
