import { toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { Instruction } from '../payments/instruction.ts';
import type { Statement } from '../statements/statement.ts';
import { partyName } from './parties.rules.ts';
import type { StatementPaper } from './statement-paper.ts';

/** Statements of a cycle as JSON, with the names of the GraphQL API; whole numbers of any size are strings. */
export function statementsJson(coalition: Coalition, cycle: Cycle, papers: readonly StatementPaper[]): string {
  const { code, name, timeZone, settlementCurrency } = coalition.program;
  const document = {
    program: { code, name, timeZone, settlementCurrency },
    cycle: {
      id: toPublicId('ClearingCycle', cycle.id),
      from: cycle.startsAt,
      cutoff: cycle.cutoff,
      status: cycle.status,
      closedAt: cycle.closedAt,
      batchHash: cycle.batchHash,
    },
    statements: papers.map(statementOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function statementOf({ coalition, statement, partner, lines, instruction }: StatementPaper): object {
  const money = (minor: bigint) => ({ minor: String(minor), currency: coalition.program.settlementCurrency });
  const points = (amounts: Statement['openingPoints']) =>
    Object.entries(amounts).map(([no, amount]) => ({ currency: coalition.currencyNo(Number(no)).code, points: amount }));
  const { status, hash, netMinor, issuedOn, dueDate, disputableUntil, acceptedAt } = statement;
  return {
    id: toPublicId('Statement', statement.id),
    partner: { code: partner.code, name: partner.name },
    ...{ status, hash },
    net: money(netMinor),
    ...{ issuedOn, dueDate, disputableUntil, acceptedAt },
    openingPoints: points(statement.openingPoints),
    closingPoints: points(statement.closingPoints),
    lines: lines.map(({ id, no, type, description, micros, minor }) => ({
      id: toPublicId('StatementLine', id),
      ...{ no, type, description },
      exactMicros: String(micros),
      amount: money(minor),
    })),
    instruction: instruction === undefined ? null : instructionOf(coalition, instruction, money),
  };
}

function instructionOf(coalition: Coalition, instruction: Instruction, money: (minor: bigint) => object): object {
  const { payer, payee, amountMinor, paidMinor, carriedMinor, carriedReason, status, dueDate } = instruction;
  return {
    id: toPublicId('SettlementInstruction', instruction.id),
    payer: partyName(coalition, payer),
    payee: partyName(coalition, payee),
    amount: money(amountMinor),
    paid: money(paidMinor),
    outstanding: money(amountMinor - paidMinor),
    carried: money(carriedMinor),
    ...{ carriedReason, status, dueDate },
  };
}
