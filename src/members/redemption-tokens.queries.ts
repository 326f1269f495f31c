import { plusDays } from '../kernel/instant.ts';
import { coalitionNow } from '../partners/coalition.ts';
import { mergedLists, mergedWrites } from '../platform/batching/merged.ts';
import type { Tx } from '../platform/database.ts';
import type { Member } from './member.ts';
import { hashOfToken, type RedemptionToken } from './redemption-token.rules.ts';

/** How long a token is kept, so that it is answered as used or expired and not as unknown. */
const KEPT_DAYS = 7;

/** Tokens by their values, with their rows locked: of those who scan one at the same moment each sees what the one before did. */
export const lockTokens = mergedLists('TOKENS', async (tx: Tx, values: readonly string[]): Promise<(RedemptionToken | undefined)[]> => {
  const hashes = values.map(hashOfToken);
  const tokens = await tx.rows<RedemptionToken>(
    `select hash, member_id as "memberId", created_at as "createdAt", expires_at as "expiresAt", used_at as "usedAt", replaced_at as "replacedAt"
     from members.redemption_tokens where hash = any($1::bytea[]) order by hash for update`,
    [hashes],
  );
  return hashes.map((hash) => tokens.find((token) => token.hash.equals(hash)));
});

/** Notes that what was paid was paid with this token, where it was with one. */
export async function useToken(tx: Tx, token: RedemptionToken | undefined, now: Date): Promise<void> {
  if (token !== undefined) await useTokens(tx, [{ token, now }]);
}

const useTokens = mergedWrites('STORE', (tx: Tx, used: readonly { readonly token: RedemptionToken; readonly now: Date }[]): void => {
  tx.later(
    `update members.redemption_tokens t set used_at = u.at from unnest($1::bytea[], $2::timestamptz[]) as u (hash, at) where t.hash = u.hash`,
    [used.map(({ token }) => token.hash), used.map(({ now }) => now)],
  );
});

/** The member as it is until the transaction ends; nobody else gives it a token meanwhile. Whoever burns its points need not wait. */
export async function lockTokensOf(tx: Tx, memberId: string): Promise<Pick<Member, 'status'> | undefined> {
  const [member] = await tx.rows<Pick<Member, 'status'>>('select status from members.members where id = $1 for no key update', [memberId]);
  return member;
}

/** Stores a token in place of one that the member has not used. */
export async function insertToken(tx: Tx, token: Pick<RedemptionToken, 'hash' | 'memberId' | 'createdAt' | 'expiresAt'>): Promise<void> {
  const [createdAt, expiresAt] = [token.createdAt.toISOString(), token.expiresAt.toISOString()];
  await tx.rows('update members.redemption_tokens set replaced_at = $2 where member_id = $1 and used_at is null and replaced_at is null', [
    token.memberId,
    createdAt,
  ]);
  await tx.rows('insert into members.redemption_tokens (hash, member_id, created_at, expires_at) values ($1, $2, $3, $4)', [
    token.hash,
    token.memberId,
    createdAt,
    expiresAt,
  ]);
}

/** Deletes a bounded number of tokens that ended long ago; answers how many. */
export async function deleteOldTokens(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const { coalition } = await coalitionNow(tx);
  const deleted = await tx.rows(
    `delete from members.redemption_tokens where hash in (
       select hash from members.redemption_tokens where expires_at <= $1 order by expires_at limit $2 for update skip locked
     ) returning true as gone`,
    [plusDays(asOf, -KEPT_DAYS, coalition.program.timeZone).toISOString(), limit],
  );
  return deleted.length;
}
