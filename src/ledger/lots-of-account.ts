/** The condition, in SQL, under which a lot is one of an account: an index has those with points left, and another those that are spent. */
export const isLotOf = (lot: string, accountId: string): string =>
  `(${lot}.account_id = ${accountId} and ${lot}.available > 0 or ${lot}.account_id = ${accountId} and ${lot}.available = 0)`;
