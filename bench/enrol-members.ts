// Members of a coalition to measure.

import { newId, toPublicId } from '../src/kernel/ids.ts';
import { enrolMany } from '../src/members/enrol-many.ts';
import { cardNumberFrom } from '../src/members/enrolment.rules.ts';
import { type Database, transact } from '../src/platform/database.ts';

export interface Enrolled {
  /** As the database stores it. */
  readonly uuid: string;
  /** As clients name it. */
  readonly id: string;
}

const CHUNK = 1_000;

export async function enrolMembers(db: Database, count: number): Promise<Enrolled[]> {
  const members: Enrolled[] = [];
  while (members.length < count) {
    const uuids = Array.from({ length: Math.min(CHUNK, count - members.length) }, newId);
    const enrolments = uuids.map((id) => ({
      id,
      cardNumber: cardNumberFrom((below) => Math.floor(Math.random() * below)),
      displayName: 'Bench',
      homePartnerId: null,
      externalScope: null,
      consents: [{ purpose: 'SERVICE' as const, granted: true, version: '1' }],
      enrolledAt: new Date(),
    }));
    const outcomes = await transact(db, (tx) => enrolMany(tx, enrolments));
    for (const outcome of outcomes) if ('refused' in outcome) throw new Error(outcome.refused.message);
    members.push(...uuids.map((uuid) => ({ uuid, id: toPublicId('Member', uuid) })));
  }
  return members;
}
