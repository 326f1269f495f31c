import type { LineType } from '../lines/cycle-line.ts';
import type { Workings } from '../lines/workings.rules.ts';

export const STATEMENT_STATUSES = ['DRAFT', 'ISSUED', 'ACCEPTED', 'DISPUTED', 'FINAL'] as const;
export type StatementStatus = (typeof STATEMENT_STATUSES)[number];

/** What one partner settles for one closed cycle. */
export interface Statement {
  readonly id: string;
  readonly cycleNo: number;
  readonly partnerId: string;
  readonly status: StatementStatus;
  readonly netMinor: bigint;
  /** Points outstanding of the partner's currencies, by number of the currency, when the cycle began and when it ended. */
  readonly openingPoints: Readonly<Record<string, string>>;
  readonly closingPoints: Readonly<Record<string, string>>;
  readonly hash: string;
  /** Null without payment terms: it is due at once, and cannot be disputed. */
  readonly netDays: number | null;
  readonly disputeWindowDays: number | null;
  readonly issuedOn: string | null;
  readonly dueDate: string | null;
  readonly disputableUntil: string | null;
  readonly acceptedAt: Date | null;
}

/** A partner's part of a frozen line. */
export interface StatementLine {
  readonly id: string;
  readonly lineId: string;
  readonly statementId: string;
  readonly cycleNo: number;
  readonly partnerId: string;
  readonly no: number;
  readonly type: LineType;
  readonly key: string;
  readonly description: string;
  readonly micros: bigint;
  readonly minor: bigint;
  readonly workings: Workings;
}
