import { newId } from '../../kernel/ids.ts';
import { type Amount, microsPerMinor } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { versionFor } from '../../partners/contracts/grants.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, conflict, hashOf, once } from '../../platform/idempotency.ts';
import { isName, LARGEST_AMOUNT, LARGEST_MICROS } from '../accrual/accrual.rules.ts';
import type { Sale } from './sale.ts';
import { enterOpenCycle, findSales, insertSales, readSales } from './sales.queries.ts';

export interface ReportSale {
  readonly attempt: Attempt;
  readonly partnerId: string;
  readonly externalId: string;
  /** The member named, or why the name cannot be read. */
  readonly member: Outcome<MemberKey>;
  readonly occurredAt: Date;
  readonly gross: Amount;
  readonly net: Amount;
}

interface Reported {
  readonly sale: Sale;
  readonly replayed: boolean;
}

/** A partner reports what a member bought; it counts in the open cycle, also when it happened in an earlier one. */
export async function reportSale(tx: Tx, command: ReportSale): Promise<Outcome<Reported>> {
  const [{ coalition, now }, [member]] = await Promise.all([
    coalitionNow(tx),
    findMembers(tx, 'done' in command.member ? [command.member.done] : []),
  ]);
  const cycleNo = await enterOpenCycle(tx);
  const outcome = await once<Reported>(
    tx,
    command.attempt,
    async (recorded) => {
      const [sale] = await readSales(tx, [String(recorded.sale)]);
      if (sale === undefined) throw new Error(`sale ${String(recorded.sale)} was recorded but is not stored`);
      return { sale, replayed: true };
    },
    async () => {
      const reported = await reportNew(tx, command, { coalition, now, cycleNo, member });
      return 'refused' in reported ? reported : done({ value: reported.done, record: { sale: reported.done.sale.id } });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

/** What a report is judged by. */
interface Present {
  readonly coalition: Coalition;
  readonly now: Date;
  readonly cycleNo: number;
  readonly member: Member | undefined;
}

async function reportNew(tx: Tx, command: ReportSale, { coalition, now, cycleNo, member }: Present): Promise<Outcome<Reported>> {
  const { partnerId, externalId, occurredAt, gross, net } = command;
  const checked = checkSale(command, coalition.program.settlementCurrency, now);
  if ('refused' in checked) return checked;
  if ('refused' in command.member) return command.member;
  if (member === undefined) return invalid('member', 'There is no such member.');
  const hash = hashOf({ memberId: member.id, occurredAt, gross: gross.minor, net: net.minor });
  const [known] = await findSales(tx, [{ partnerId, externalId }]);
  if (known !== undefined) return known.hash.equals(hash) ? done({ sale: known.sale, replayed: true }) : conflict('externalId');
  const contract = coalition.contractAt(partnerId, occurredAt);
  const version = versionFor(contract, 'BURN', occurredAt);
  if ('refused' in version) return version;
  if (contract?.tailEnd !== undefined && contract.tailEnd <= now)
    return refused('CONTRACT_ENDED', `The partner's contract ended at ${contract.tailEnd.toISOString()}.`);
  const sale: Sale = {
    id: newId(),
    partnerId,
    externalId,
    memberId: member.id,
    homePartnerId: member.homePartnerId ?? undefined,
    occurredAt,
    recordedAt: now,
    cycleNo,
    grossMinor: gross.minor,
    netMinor: net.minor,
  };
  await insertSales(tx, [{ sale, hash }]);
  return done({ sale, replayed: false });
}

function checkSale({ externalId, occurredAt, gross, net }: ReportSale, currency: string, now: Date): Outcome<unknown> {
  if (!isName(externalId)) return invalid('externalId', 'An external id has 1 to 200 characters.');
  if (occurredAt > now) return invalid('occurredAt', 'A sale is not reported before it happens.');
  const most = LARGEST_MICROS / microsPerMinor(currency);
  const largest = most < LARGEST_AMOUNT ? most : LARGEST_AMOUNT;
  for (const [field, amount] of Object.entries({ gross, net })) {
    if (amount.currency !== currency) return invalid(field, `Money is in the settlement currency, ${currency}.`);
    if (amount.minor < 0n || amount.minor > largest) return invalid(field, `An amount is between 0 and ${largest} minor units.`);
  }
  return net.minor > gross.minor ? invalid('net', 'The net amount is at most the gross amount.') : done(undefined);
}
