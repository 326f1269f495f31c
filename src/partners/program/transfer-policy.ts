/** What members may give to one another. Limits are for each member that gives and each point currency. */
export interface TransferPolicy {
  readonly allowed: boolean;
  readonly minPoints: bigint | undefined;
  readonly perMemberDayPoints: bigint | undefined;
  readonly perMemberYearPoints: bigint | undefined;
}
