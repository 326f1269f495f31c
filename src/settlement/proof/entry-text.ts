/**
 * Parts of statements that hash entries. The text of an entry `e` of a posting `p`, and its hash, as docs/proof.md says: instants in
 * milliseconds, what is not given as a dash, a missing amount as 0.
 */
const milliseconds = (instant: string): string => `floor(extract(epoch from ${instant}) * 1000)::bigint`;

export const ENTRY_TEXT = `concat_ws(' ', 'entry', e.account_id, e.version, e.posting_id, p.code, p.cycle, ${milliseconds('p.occurred_at')},
  ${milliseconds('p.recorded_at')}, p.reference, coalesce(p.partner::text, '-'), e.available, coalesce((e.aside).held, 0), coalesce((e.aside).pending, 0),
  e.available_after, coalesce((e.aside).held_after, 0), coalesce((e.aside).pending_after, 0))`;

export const ENTRY_HASH = `sha256('\\x00'::bytea || convert_to(${ENTRY_TEXT}, 'UTF8'))`;

/** Accounts whose entries are sealed: all but wallets, whose every posting has its other side on one of these. */
export const SEALED = `a.kind in ('ISSUANCE', 'JOINT', 'REDEEMED', 'EXCHANGED', 'EXPIRED', 'PARTNER', 'PREPAID', 'DEPOSIT', 'POOL', 'SPREAD',
  'OPERATOR', 'BANK', 'ROUNDING')`;
