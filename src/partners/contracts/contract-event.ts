/** What can happen to a contract. */
export const CONTRACT_EVENTS = [
  'DRAFTED',
  'REVISED',
  'PROPOSED',
  'SIGNED',
  'REJECTED',
  'SUSPENDED',
  'RESUMED',
  'NOTICE_GIVEN',
  'NOTE_ADDED',
] as const;
export type ContractEventKind = (typeof CONTRACT_EVENTS)[number];

/** The two who make a contract. */
export const CONTRACT_PARTIES = ['OPERATOR', 'PARTNER'] as const;
export type ContractParty = (typeof CONTRACT_PARTIES)[number];

/** One step in the life of a contract. */
export interface ContractEvent {
  readonly no: bigint;
  readonly version: number | null;
  readonly kind: ContractEventKind;
  readonly party: ContractParty;
  readonly at: Date;
  readonly note: string | null;
}
