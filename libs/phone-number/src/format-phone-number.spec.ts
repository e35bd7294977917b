import { formatPhoneNumber } from './format-phone-number';

const NUMBER = '+919876543210';
const digitsFrom = (zero: number) => (text: string) =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

describe('a phone number', () => {
  it.each([
    ['in E.164', NUMBER],
    ['without its country', '98765 43210'],
    ['with a trunk prefix', '098765-43210'],
    ['with the international prefix', '0091 98765 43210'],
    ['embedded from left to right', `\u202a${NUMBER}\u202c`],
    ['after a mark of direction', `\u200e+91 98765 43210`],
    ['after a mark of the Arabic letters', `\u061c${NUMBER}`],
    ['isolated', `\u2068${NUMBER}\u2069`],
    ['overridden', `\u202d+91\u202c 98765 43210`],
    ['after a byte order mark', `\ufeff${NUMBER}`],
    ['with zero-width characters inside', '+91\u200b98765\u200d43210\u2060'],
    ['with a soft hyphen', '+91 98765\u00ad43210'],
    ['with no-break spaces', '\u00a0+91\u00a098765\u202f43210'],
    ['with typographic hyphens', '+91\u201198765\u201343210'],
    ['with its country in parentheses', '(+91) 98765 43210'],
    ['in parentheses and invisible marks', '\u202a(\u202a+91\u202c)\u202c 98765-43210'],
    ['as a link', 'tel:+91-98765-43210'],
    ['as a link in capitals, after a mark', '\u200eTEL:+919876543210'],
    ['as a link with an extension to the scheme', 'tel:9876543210;phone-context=+91'],
    ['in Devanagari', digitsFrom(0x966)('+91 98765 43210')],
    ['in Bengali', digitsFrom(0x9e6)('+91 98765 43210')],
    ['in Arabic-Indic', digitsFrom(0x660)('+91 98765 43210')],
    ['in eastern Arabic-Indic', digitsFrom(0x6f0)('+91 98765 43210')],
    ['in full width', digitsFrom(0xff10)('\uff0b91\u300098765\u300043210')],
    ['in mathematical digits', digitsFrom(0x1d7ce)('+91 98765 43210')],
    ['in Devanagari without its country', digitsFrom(0x966)('09876543210')],
  ])('is parsed %s', (_, text) => {
    expect(formatPhoneNumber(text)).toBe(NUMBER);
  });

  it.each([
    '',
    '+',
    'call me',
    '12',
    '\u202a\u202c',
    'tel:',
    '()',
    'one two three',
    '++919876543210',
    '+91 98765 43210 or so',
  ])('is rejected: %j', (text) => {
    expect(formatPhoneNumber(text)).toBeUndefined();
  });

  it.each([
    ['+44 (0)20 7946 0958', 'GB', '+442079460958'],
    ['(212) 555-0123', 'US', '+12125550123'],
  ] as const)('of another country is parsed: %s', (text, region, expected) => {
    expect(formatPhoneNumber(text, region)).toBe(expected);
  });
});
