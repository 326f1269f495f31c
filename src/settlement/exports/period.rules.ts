import { DateTime } from 'luxon';
import type { Coalition } from '../../partners/coalition.ts';
import type { Cycle } from '../cycles/cycle.ts';

/** The interval of a cycle as people read it, in the program's time: from the first instant to the first one after it. */
export function periodOf({ program }: Coalition, { startsAt, cutoff }: Cycle): string {
  const at = (instant: Date) => DateTime.fromJSDate(instant, { zone: program.timeZone }).toFormat('yyyy-MM-dd HH:mm');
  return `${at(startsAt)} – ${at(cutoff)} (${program.timeZone})`;
}
