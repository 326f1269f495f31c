import type { Context } from '../../platform/graphql/context.ts';
import { type Feed, feed } from '../../platform/live/feed.ts';
import { type PositionWatcher, watchPositions } from './follow-positions.ts';
import type { NetPositionChangeType } from './net-position-change.types.ts';

/** What is told of how things stood, for a position: the same object to everybody. */
const snapshots = new WeakMap<NetPositionChangeType, NetPositionChangeType>();

function asSnapshot(position: NetPositionChangeType): NetPositionChangeType {
  const snapshot = snapshots.get(position) ?? { ...position, resync: true };
  snapshots.set(position, snapshot);
  return snapshot;
}

/** Where one partner stands, or each of them, and then every change of it. */
export function positionFeed(context: Context, partnerId: string | undefined): Feed<NetPositionChangeType> {
  return feed((sink) => {
    /** What was told last of each partner. */
    const told = new Map<string, string>();
    const watcher: PositionWatcher = {
      wants: partnerId,
      tell(position) {
        const mark = markOf(position);
        if (told.get(position.partnerId) === mark) return;
        sink.next(told.has(position.partnerId) ? position : asSnapshot(position));
        told.set(position.partnerId, mark);
      },
      fail(error) {
        watched.stop();
        sink.end(error);
      },
    };
    const watched = watchPositions(context, watcher);
    return {
      stop: watched.stop,
      restart() {
        told.clear();
        watched.ask();
      },
    };
  });
}

function markOf({ netPosition, exposure, version }: NetPositionChangeType): string {
  return `${version} ${netPosition.minor} ${exposure?.used.minor} ${exposure?.limit?.minor}`;
}
