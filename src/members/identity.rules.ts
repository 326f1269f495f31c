/** Shapes of what identifies a member, and how they look to those who may not see them in full. */

const EMAIL = /^[^\s@,;<>"]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;
const PHONE = /^\+?\d{5,15}$/;

/** The form in which email addresses are kept and compared, or undefined when the value is none. */
export function normalEmail(value: string): string | undefined {
  const email = value.trim().toLowerCase();
  return email.length <= 254 && EMAIL.test(email) ? email : undefined;
}

/** The form in which phone numbers are kept and compared: digits, with the leading + where one was given; 00 means +. */
export function normalPhone(value: string): string | undefined {
  const phone = value
    .trim()
    .replace(/[\s().-]/g, '')
    .replace(/^00/, '+');
  return PHONE.test(phone) ? phone : undefined;
}

/** The check digit after which a number passes the Luhn test of ISO/IEC 7812. */
export function luhnDigit(digits: string): string {
  let sum = 0;
  for (const [fromRight, digit] of [...digits].reverse().entries()) {
    const doubled = Number(digit) * (fromRight % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

const HIDDEN = '*';
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** 13812345678 as 138****5678: four digits before the last four are hidden; of a short number all but the last two. */
export function maskPhone(phone: string): string {
  return phone.length < 9 ? phone.slice(0, -2).replace(/\d/g, HIDDEN) + phone.slice(-2) : `${phone.slice(0, -8)}****${phone.slice(-4)}`;
}

/** jane@example.com as j***@example.com. */
export function maskEmail(email: string): string {
  return email.replace(/^(.)[^@]*@/u, '$1***@');
}

/** 王小明 as 王*, Jane as J***. A phone number or email address in place of a name is masked as what it is. */
export function maskName(name: string): string {
  const email = normalEmail(name);
  if (email !== undefined) return maskEmail(email);
  const phone = normalPhone(name);
  if (phone !== undefined) return maskPhone(phone);
  const first = [...name.trim()][0] ?? '';
  return first + (IDEOGRAPH.test(first) ? HIDDEN : HIDDEN.repeat(3));
}
