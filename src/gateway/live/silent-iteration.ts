import type { ExecutionResult } from 'graphql';
import type { Channel, Delivery } from './delivery.ts';
import { silence } from './hold-id.ts';
import type { Granted } from './request-subscription.ts';

/**
 * What the protocol iterates while a subscription runs: yields nothing, and ends or fails with it. Once the client has completed it, it says
 * nothing any more: the protocol would take its end for that of the next operation with the same id.
 */
export function silently(granted: Granted, deliveries: Set<Delivery>, channel: Channel): AsyncIterableIterator<ExecutionResult> {
  let delivery: Delivery | undefined;
  let isOver = false;
  const iterator: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      if (isOver) return { done: true, value: undefined };
      delivery = granted.begin(channel);
      deliveries.add(delivery);
      try {
        await delivery.over;
      } finally {
        deliveries.delete(delivery);
      }
      if (isOver) await silence();
      return { done: true, value: undefined };
    },
    async return() {
      isOver = true;
      if (delivery === undefined) await granted.dismiss();
      else delivery.stop();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
