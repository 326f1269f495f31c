import type { WalletBalance } from '../../ledger/wallets.ts';

/** A balance in the form in which it is kept to answer a repetition with. */
export const keepBalance = ({ available, held, pending, version }: WalletBalance): string[] =>
  [available, held, pending, version].map(String);

/** The balance from its kept form. */
export function restoreBalance(kept: unknown): WalletBalance {
  const [available = 0n, held = 0n, pending = 0n, version = 0n] = (kept as string[]).map(BigInt);
  return { available, held, pending, version };
}
