/** How long the operator has for an answer, and whether saying nothing is a yes. */
export interface DisputePolicy {
  readonly slaDays: number;
  readonly autoAccept: boolean;
}
