import { newPostings } from '../../ledger/follow-postings.ts';
import type { Database } from '../../platform/database.ts';
import type { Following } from '../../platform/live/follow.ts';
import { remembered } from '../../platform/remembered.ts';
import { readChangesOf, type WalletChange } from './wallet-changes.queries.ts';

/** Gets the changes of one member's wallets, each wallet's in their order; a change is the same object for everybody. */
export type Watcher = (changes: readonly WalletChange[]) => void;

interface Watchers {
  watch(memberId: string, watcher: Watcher): Following;
}

const MEMORY_KEY = 'live.wallets';
/** Of so few members only their own changes are read; more are picked out of all changes here. */
const FEW = 50;

/** Watches a member's wallets. All watches of a process share one reader. */
export function watchWallets(database: Database, memberId: string, watcher: Watcher): Following {
  return remembered(database, MEMORY_KEY, () => createWatchers(database)).watch(memberId, watcher);
}

function createWatchers(database: Database): Watchers {
  const byMember = new Map<string, Set<Watcher>>();
  let following: Following | undefined;

  async function tell(postingIds: readonly bigint[]): Promise<void> {
    const changes = await readChangesOf(database, postingIds, byMember.size > FEW ? undefined : [...byMember.keys()]);
    for (const [memberId, own] of Map.groupBy(changes, (change) => change.memberId)) {
      for (const watcher of byMember.get(memberId) ?? []) watcher(own);
    }
  }

  return {
    watch(memberId, watcher) {
      const own = byMember.get(memberId) ?? new Set();
      byMember.set(memberId, own.add(watcher));
      following ??= newPostings(database).follow(tell);
      return {
        ready: following.ready,
        stop() {
          own.delete(watcher);
          if (own.size === 0 && byMember.get(memberId) === own) byMember.delete(memberId);
          if (byMember.size > 0) return;
          following?.stop();
          following = undefined;
        },
      };
    },
  };
}
