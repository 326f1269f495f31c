import { CHUNK, MARK_BYTES } from '../kernel/merkle.ts';
import type { Check } from '../ledger/verify.checks.ts';
import { ENTRY_HASH } from './proof/entry-text.ts';

/** What must hold between the book and what closed cycles say. */
export const SETTLEMENT_CHECKS: readonly Check[] = [
  {
    name: 'statements_are_their_lines',
    sentence: 'Every statement is the sum of its lines, and every partner has one for each closed cycle.',
    query: `
      select format('statement of partner %s for cycle %s: says %s, its lines make %s', coalesce(s.partner_id, l.partner_id),
        coalesce(s.cycle_no, l.cycle_no), s.net_minor, coalesce(l.minor, 0)) as what
      from settlement.statements s
      full join (
        select l.cycle_no, h.partner_id, sum(h.minor) as minor
        from settlement.shares h join settlement.lines l on l.id = h.line_id where h.partner_id is not null group by 1, 2
      ) l on l.cycle_no = s.cycle_no and l.partner_id = s.partner_id
      where s.net_minor is distinct from coalesce(l.minor, 0)`,
  },
  {
    name: 'lines_sum_to_zero',
    sentence: 'The shares of every line sum to zero, and so do the exact ones.',
    query: `
      select format('line %s: %s in minor units, %s micros', h.line_id, sum(h.minor), sum(h.micros)) as what
      from settlement.shares h group by h.line_id having sum(h.minor) <> 0 or sum(h.micros) <> 0`,
  },
  {
    name: 'sealed_entries_are_unchanged',
    sentence: 'Every entry that is sealed is there and hashes to what was sealed.',
    query: `
      select format('account %s, version %s: is not what was sealed', s.account_id, s.chunk * ${CHUNK} + n.n) as what
      from settlement.seals s
      cross join generate_series(1, ${CHUNK}) as n (n)
      left join ledger.entries e on e.account_id = s.account_id and e.version = s.chunk * ${CHUNK} + n.n
      left join ledger.postings p on p.id = e.posting_id
      where p.id is null or substring(${ENTRY_HASH} from 1 for ${MARK_BYTES}) <> substring(s.marks from (n.n - 1) * ${MARK_BYTES} + 1 for ${MARK_BYTES})`,
  },
];
