/** A correction of what a closed cycle said, posted in the cycle that was open. */
export interface Adjustment {
  readonly id: string;
  /** The cycle in which it counts. */
  readonly cycleNo: number;
  /** + the partner receives it. */
  readonly minor: bigint;
  readonly description: string;
  readonly recordedAt: Date;
}
