import { REFERRAL_PREFIX, newReferralCode, spellingsOf } from './referral-code';

describe('newReferralCode', () => {
  it('returns the prefix and nine characters that nobody mistakes for each other', () => {
    const codes = Array.from({ length: 1_000 }, () => newReferralCode('BP'));
    expect(codes.filter((code) => !/^BP-[0-9A-HJKMNP-TV-Z]{9}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(1_000);
  });

  it('is found again by spellingsOf, whatever the prefix', () => {
    for (const prefix of ['BP', 'X', '12345678', 'US']) {
      const code = newReferralCode(prefix);
      expect(spellingsOf(code, 'BP')[0]).toBe(code);
      expect(spellingsOf(code.slice(prefix.length), prefix)[0]).toBe(code);
    }
  });
});

describe('spellingsOf', () => {
  it.each([
    'BP-7K0M1QXV2',
    'bp-7k0m1qxv2',
    ' BP 7K0 M1Q XV2 ',
    'BP7K0M1QXV2',
    'BP-7KOMIQXV2',
    'bp-7komlqxv2',
    '7k0m1qxv2',
    'BP–7K0M1QXV2',
    'BP-7K0\u200bM1QXV2',
    'ＢＰ－７Ｋ０Ｍ１ＱＸＶ２',
  ])('reads %j as BP-7K0M1QXV2', (typed) => {
    expect(spellingsOf(typed, 'BP')[0]).toBe('BP-7K0M1QXV2');
  });

  it('also finds a code as it is, because imported codes may have any letters', () => {
    expect(spellingsOf('bp-kal89hjk2', 'BP')).toEqual(['BP-KA189HJK2', 'BP-KAL89HJK2']);
  });

  it.each(['', '-', 'BP', 'BP-', 'hello world', '💥', 'a'.repeat(65), "BP-7K0M1QXV2' OR 1=1"])(
    'finds no code of ours in %j',
    (typed) => {
      expect(spellingsOf(typed, 'BP').filter((code) => /^BP-.{9}$/.test(code))).toEqual([]);
    },
  );
});

describe('a prefix', () => {
  it.each(['BP', 'A', 'US', '24', 'ABCDEFGH'])('may be %j', (prefix) => expect(prefix).toMatch(REFERRAL_PREFIX));
  it.each(['', 'bp', 'OIL', 'B-P', 'ABCDEFGHJ', 'B P'])('may not be %j', (prefix) =>
    expect(prefix).not.toMatch(REFERRAL_PREFIX),
  );
});
