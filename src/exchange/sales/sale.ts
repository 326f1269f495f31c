/** What a member bought, as a partner reported it; others may have a share of it. */
export interface Sale {
  readonly id: string;
  readonly partnerId: string;
  readonly externalId: string;
  readonly memberId: string;
  /** The partner through which the member had enrolled when it was reported. */
  readonly homePartnerId: string | undefined;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  /** The clearing cycle in which it counts. */
  readonly cycleNo: number;
  /** Minor units of the settlement currency. */
  readonly grossMinor: bigint;
  /** Without points tender, tax and refunds. */
  readonly netMinor: bigint;
}
