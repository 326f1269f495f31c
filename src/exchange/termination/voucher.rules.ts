/** The code that a member shows: the random digits of the voucher's id, 48 bits that nobody guesses, in groups of four. */
export function voucherCode(id: string): string {
  return (id.replaceAll('-', '').slice(-12).toUpperCase().match(/.{4}/g) ?? []).join('-');
}
