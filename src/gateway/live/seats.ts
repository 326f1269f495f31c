/** Counts what each principal has open, and refuses what is too much. */
export interface Seats {
  /** Takes a seat; undefined when all of them are taken. Giving it back twice does no harm. */
  take(principal: string): (() => void) | undefined;
}

export function createSeats(perPrincipal: number): Seats {
  const taken = new Map<string, number>();
  return {
    take(principal) {
      const count = taken.get(principal) ?? 0;
      if (count >= perPrincipal) return undefined;
      taken.set(principal, count + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        const left = (taken.get(principal) ?? 0) - 1;
        if (left > 0) taken.set(principal, left);
        else taken.delete(principal);
      };
    },
  };
}
