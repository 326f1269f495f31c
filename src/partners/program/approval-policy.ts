/** Which holds wait for the member's approval. */
export interface ApprovalPolicy {
  /** From so many points on, whatever the currency; none by itself when undefined. */
  readonly fromPoints: bigint | undefined;
}
