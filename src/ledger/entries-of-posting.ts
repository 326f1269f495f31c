/**
 * The condition, in SQL, under which a row of `ledger.entries` belongs to a posting. The index knows entries by shelves of neighbouring
 * postings, so a condition on the posting alone would read the whole table.
 */
export const isOfPosting = (entry: string, postingId: string): string =>
  `(ledger.shelf(${entry}.posting_id) = ledger.shelf(${postingId}) and ${entry}.posting_id = ${postingId})`;

/** The same for an array of postings, for statements whose plan is kept: never a join, which a plan made for a small table would read from end to end. */
export const isOfPostings = (entry: string, postingIds: string): string =>
  `(ledger.shelf(${entry}.posting_id) = any(array(select ledger.shelf(id) from unnest(${postingIds}) as id)) and ${entry}.posting_id = any(${postingIds}))`;

/** The condition under which a posting is found by its reference: those of the most frequent kinds are in no index, as nobody asks for them so. */
export const isFoundByReference = (posting: string): string =>
  `${posting}.code not in ('accrual.confirmed', 'accrual.pending', 'accrual.pending_confirmed', 'transfer.completed', 'lot.expired')`;
