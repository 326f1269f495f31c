import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** One JSON line an event, on standard error: standard output belongs to what a command was asked for. */
export function createLog(level: string, destination: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['authorization', 'token', 'req.headers.authorization', 'headers.authorization'],
    },
    destination,
  );
}
