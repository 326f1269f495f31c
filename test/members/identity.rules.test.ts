import { cardNumberFrom } from '../../src/members/enrolment.rules.ts';
import { luhnDigit, maskEmail, maskName, maskPhone, normalEmail, normalPhone } from '../../src/members/identity.rules.ts';

test.each([
  ['138 1234 5678', '13812345678'],
  ['+86 (138) 1234-5678', '+8613812345678'],
  ['008613812345678', '+8613812345678'],
  ['1234', undefined],
  ['1234567890123456', undefined],
  ['138+1234', undefined],
])('the phone number %s is kept as %s', (typed, kept) => {
  expect(normalPhone(typed)).toBe(kept);
});

test.each([
  [' Wang@Example.COM ', 'wang@example.com'],
  ['a.b+c@mail.example.co', 'a.b+c@mail.example.co'],
  ['wang@example', undefined],
  ['wang example@example.com', undefined],
  ['a@b@example.com', undefined],
])('the email address %s is kept as %s', (typed, kept) => {
  expect(normalEmail(typed)).toBe(kept);
});

test.each([
  ['王小明', '王*'],
  ['王', '王*'],
  ['Jane Doe', 'J***'],
  ['𠮷野家', '𠮷*'],
  ['13812345678', '138****5678'],
  ['jane@example.com', 'j***@example.com'],
])('the name %s is shown to partners as %s', (name, shown) => {
  expect(maskName(name)).toBe(shown);
});

test('phone numbers and email addresses keep only what helps to recognise them', () => {
  expect(maskPhone('13812345678')).toBe('138****5678');
  expect(maskPhone('+8613812345678')).toBe('+86138****5678');
  expect(maskPhone('12345')).toBe('***45');
  expect(maskEmail('j@example.com')).toBe('j***@example.com');
});

test('a card number has 16 digits, the last of which is the Luhn check digit', () => {
  expect(luhnDigit('7992739871')).toBe('3');
  expect(cardNumberFrom(() => 0)).toBe('8800000000000008'.slice(0, 15) + luhnDigit('880000000000000'));
  expect(cardNumberFrom(() => 7)).toMatch(/^887{13}\d$/);
});
