import { profilePatchSchema } from './profile';
import { webLinkSchema } from './web-link';

describe('a web link', () => {
  it.each([
    'https://example.com',
    'https://example.com:8080/a?b=c@d#e',
    'https://example.com/@ada',
    'https://exämple.com/é',
  ])('may be %s', (link) => expect(webLinkSchema.safeParse(link).success).toBe(true));

  it.each([
    'https://paypal.com@evil.example/',
    'https://user:pass@example.com/',
    'https://@evil.example/',
    'https://:@evil.example/',
    'https://paypal.com%2f@evil.example/',
    'https://paypal.com\\@evil.example/',
    'https:\\\\evil.example',
    'https:evil.example',
    'https:///evil.example',
    'https://example.com/a b',
    'https://example.com/\u0000',
    'https://example.com/\u202egpj.exe',
    'http://example.com',
    'javascript:alert(1)',
    'ftp://example.com',
    '//example.com',
    `https://example.com/${'a'.repeat(500)}`,
  ])('may not be %j', (link) => expect(webLinkSchema.safeParse(link).success).toBe(false));

  it('is stored without the characters that browsers strip', () => {
    expect(webLinkSchema.parse(' https://exam\tple.com\n')).toBe('https://example.com');
  });

  it.each(['constructor', 'prototype', 'Twitter', ''])('is rejected under the network name %j', (name) => {
    const parsed = profilePatchSchema.safeParse({ socialLinks: { [name]: 'https://example.com' } });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([`socialLinks.${name}`]);
  });
});
