import { confirmDueAccruals } from '../../exchange/accrual/confirm-accrual.ts';
import { noteBreachedClaims } from '../../exchange/claims/note-breached-claims.ts';
import { deleteOldQuotes } from '../../exchange/conversion/delete-quotes.ts';
import { expireDueLots } from '../../exchange/expiry/expire-due-lots.ts';
import { expireDueHolds } from '../../exchange/redemption/release-redemption.ts';
import { settleTerminations } from '../../exchange/termination/settle-terminations.ts';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import { deleteOldTokens } from '../../members/redemption-tokens.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import { type Database, type Tx, transact } from '../../platform/database.ts';
import { type Attempt, checkKey, findRecorded, record } from '../../platform/idempotency.ts';
import { settleDueDisputes } from '../disputes/settle-due-disputes.ts';
import { ageInstructions } from '../payments/age-instructions.ts';

export type JobName =
  | 'EXPIRE_LOTS'
  | 'EXPIRE_HOLDS'
  | 'CONFIRM_PENDING'
  | 'DELETE_QUOTES'
  | 'SETTLE_TERMINATIONS'
  | 'CHECK_CLAIMS'
  | 'SETTLE_DISPUTES'
  | 'AGE_PAYMENTS';

/** What one run of a job did. */
export interface JobRun {
  readonly name: JobName;
  readonly asOf: Date;
  readonly affected: number;
  /** How many wallets could not be changed. */
  readonly left: number;
}

/** What a job changed, and why which wallets could not be changed. */
interface JobDone {
  readonly affected: number;
  readonly left: readonly Error[];
}

const ROUNDS: Readonly<Record<Exclude<JobName, 'EXPIRE_LOTS'>, (tx: Tx, asOf: Date, limit: number) => Promise<number>>> = {
  EXPIRE_HOLDS: expireDueHolds,
  CONFIRM_PENDING: confirmDueAccruals,
  DELETE_QUOTES: async (tx, asOf, limit) => (await deleteOldQuotes(tx, asOf, limit)) + (await deleteOldTokens(tx, asOf, limit)),
  SETTLE_TERMINATIONS: settleTerminations,
  CHECK_CLAIMS: noteBreachedClaims,
  SETTLE_DISPUTES: settleDueDisputes,
  AGE_PAYMENTS: ageInstructions,
};

const ROUND = 500;

/** Does all that is due, in rounds of one transaction each, so that wallets are not locked for long. Running it again finds nothing left. */
export async function runRounds(database: Database, name: JobName, asOf: Date): Promise<JobDone> {
  if (name === 'EXPIRE_LOTS') return expireDueLots(database, asOf, ROUND);
  let affected = 0;
  for (;;) {
    const done = await transact(database, (tx) => ROUNDS[name](tx, asOf, ROUND));
    if (done === 0) return { affected, left: [] };
    affected += done;
  }
}

/** Runs a job as of an instant that the program's clock has reached; in the sandbox, of any instant, to see what will become of things. */
export async function runJob(database: Database, attempt: Attempt, name: JobName, asOf: Date, sandbox: boolean): Promise<Outcome<JobRun>> {
  const key = checkKey(attempt.key);
  if ('refused' in key) return key;
  const [found] = await findRecorded(database, [attempt]);
  if (found !== undefined)
    return 'refused' in found ? found : { done: { name, asOf, affected: Number(found.done.affected), left: Number(found.done.left ?? 0) } };
  const { now } = await coalitionNow(database);
  if (asOf > now && !sandbox)
    return refused('VALIDATION', `A job cannot run as of an instant later than the program's clock, which shows ${now.toISOString()}.`, {
      field: ['asOf'],
    });
  const { affected, left } = await runRounds(database, name, asOf);
  await transact(database, async (tx) => {
    const [meanwhile] = await findRecorded(tx, [attempt]);
    if (meanwhile === undefined) await record(tx, [{ ...attempt, outcome: { affected, left: left.length } }]);
  });
  return { done: { name, asOf, affected, left: left.length } };
}
