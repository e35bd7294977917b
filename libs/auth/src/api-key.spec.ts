import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { apiKeyEnvironments, apiKeyHash, apiKeyPrefix, mintApiKey, parseApiKey } from './api-key';
import { CredentialRefusedError } from './errors';

function faultOf(text: string): string {
  try {
    parseApiKey(text);
    return 'accepted';
  } catch (error) {
    if (error instanceof CredentialRefusedError) return error.code;
    throw error;
  }
}

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('an API key', () => {
  it('has the same text for the same random bytes', () => {
    const zeros = mintApiKey({ environment: 'dev', random: new Uint8Array(32) });
    expect(zeros).toMatch(/^sk_dev_0{43}_[0-9A-Za-z]{6}$/);
    expect(mintApiKey({ environment: 'prod', random: new Uint8Array(32).fill(255) })).toMatchInlineSnapshot(
      `"sk_prod_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1_102KE3"`,
    );
    expect(apiKeyHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('can be parsed for any random bytes, and its prefix shows six characters of them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...apiKeyEnvironments), bytes, (environment, random) => {
        const text = mintApiKey({ environment, random });
        expect(text).toHaveLength(`sk_${environment}_`.length + 43 + 1 + 6);
        expect(parseApiKey(text)).toEqual({ environment, prefix: text.slice(0, `sk_${environment}_`.length + 6) });
        expect(apiKeyPrefix(text)).toBe(parseApiKey(text).prefix);
      }),
    );
  });

  it('is rejected by its checksum when one character is changed', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.constantFrom(...'0aAzZ9x'), (random, where, character) => {
        const text = mintApiKey({ environment: 'stg', random });
        const at = 7 + (where % (text.length - 7));
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        if (changed !== text) expect(faultOf(changed)).toMatch(/^api_key_(malformed|checksum_invalid)$/);
      }),
    );
  });

  it('is rejected when its environment is replaced', () => {
    const text = mintApiKey({ environment: 'dev', random: randomBytes(32) });
    expect(faultOf(text.replace('sk_dev_', 'sk_prod_'))).toBe('api_key_checksum_invalid');
  });

  it.each([
    ['sk_test_51H8aBcDeF', 'credential_is_clerk_secret'],
    ['sk_live_51H8aBcDeF', 'credential_is_clerk_secret'],
    ['', 'api_key_malformed'],
    ['sk_dev_', 'api_key_malformed'],
    ['sk_qa_abc_def', 'api_key_malformed'],
    [`sk_dev_${'a'.repeat(43)}_${'a'.repeat(6)}\n`, 'api_key_malformed'],
    [`sk_dev_${'a'.repeat(42)}-_${'a'.repeat(6)}`, 'api_key_malformed'],
    [`sk_dev_${'a'.repeat(10_000)}_${'a'.repeat(6)}`, 'api_key_malformed'],
    [`sk_dev_${'a'.repeat(43)}_${'a'.repeat(6)}`, 'api_key_checksum_invalid'],
  ])('is rejected when it is %j, as %s', (text, code) => {
    expect(faultOf(text)).toBe(code);
  });

  it('is made of exactly 32 bytes', () => {
    expect(() => mintApiKey({ environment: 'dev', random: new Uint8Array(16) })).toThrow('32');
  });
});
