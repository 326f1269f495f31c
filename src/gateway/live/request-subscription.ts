import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { dismiss } from '../../platform/live/feed.ts';
import type { Audiences } from './audience.ts';
import { type Channel, type Delivery, deliver } from './delivery.ts';
import { contextIn } from './prepare-operation.ts';

/** A subscription that was granted and has not begun. */
export interface Granted {
  begin(channel: Channel): Delivery;
  /** The client has gone before it began. */
  dismiss(): Promise<void>;
}

/** Asks for a subscription: grants it, or says what its first answer is instead. */
export async function requestSubscription(args: ExecutionArgs, audiences: Audiences): Promise<Granted | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return {
    begin: (channel) => deliver(source, audiences.join(args, contextIn(args)), channel),
    dismiss: () => dismiss(source),
  };
}
