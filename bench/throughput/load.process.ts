// The load client, a process of its own.

import { answer } from '../answer.ts';
import { type Lane, openLane } from './http-lane.ts';
import type { Load, Measured } from './load.ts';
import { startMeter } from './meter.ts';
import { requestsOf } from './request-template.ts';

const SHOWN_OF_AN_ANSWER = 600;

/** Every connection asks again as soon as it was answered. */
async function runClosed(load: Load, lanes: readonly Lane[]): Promise<Measured> {
  const next = requestsOf(load);
  const meter = startMeter(load.seconds);
  await Promise.all(
    lanes.map(
      (lane) =>
        new Promise<void>((resolve, reject) => {
          const ask = (): void => {
            const from = performance.now();
            if (meter.isOver(from)) resolve();
            else lane.ask(next(), (status, body) => hear(from, status, body));
          };
          const hear = (from: number, status: number, body: Buffer): void => {
            meter.took(from);
            if (body.includes(load.must)) ask();
            else reject(unexpected(status, body));
          };
          ask();
        }),
    ),
  );
  return meter.result();
}

/**
 * Requests come by chance at a steady rate, as those of many clients do. One that finds all connections at work waits for one, and that counts:
 * each is timed from when it was to begin.
 */
async function runOpen(load: Load, rate: number, lanes: readonly Lane[]): Promise<Measured> {
  const next = requestsOf(load);
  const meter = startMeter(load.seconds);
  const idle = [...lanes];
  const waiting: number[] = [];
  const finished = Promise.withResolvers<void>();
  let due = performance.now();
  const isDone = (): boolean => idle.length === lanes.length && waiting.length === 0;
  const begin = (lane: Lane, from: number): void =>
    lane.ask(next(), (status, body) => {
      if (!body.includes(load.must)) finished.reject(unexpected(status, body));
      meter.took(from);
      const waited = waiting.shift();
      if (waited === undefined) idle.push(lane);
      else begin(lane, waited);
    });
  const beginDue = (): void => {
    for (const now = performance.now(); due <= now && !meter.isOver(due); due += (-Math.log(1 - Math.random()) * 1_000) / rate) {
      const lane = idle.pop();
      if (lane === undefined) waiting.push(due);
      else begin(lane, due);
    }
    if (meter.isOver(due) && isDone()) finished.resolve();
    else setTimeout(beginDue, 1);
  };
  beginDue();
  await finished.promise;
  return meter.result();
}

function unexpected(status: number, body: Buffer): Error {
  return new Error(`not expected: ${status} ${body.subarray(0, SHOWN_OF_AN_ANSWER)}`);
}

answer({
  async run(load: Load) {
    const lanes = await Promise.all(Array.from({ length: load.connections }, () => openLane(load.port)));
    try {
      return await (load.rate === undefined ? runClosed(load, lanes) : runOpen(load, load.rate, lanes));
    } finally {
      for (const lane of lanes) lane.close();
    }
  },
  stop: () => undefined,
});
