import { hashPassword, isOutdated, passwordMatches } from './password-hash';

const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

describe('a password hash', () => {
  it('matches only its password, and differs each time', async () => {
    const [first, second] = [await hashPassword('secret', CHEAP), await hashPassword('secret', CHEAP)];
    expect(first).not.toBe(second);
    await expect(passwordMatches('secret', first)).resolves.toBe(true);
    await expect(passwordMatches('Secret', first)).resolves.toBe(false);
    await expect(passwordMatches('', first)).resolves.toBe(false);
  });

  it('matches the same text in another Unicode form', async () => {
    await expect(passwordMatches('cafe\u0301', await hashPassword('caf\u00e9', CHEAP))).resolves.toBe(true);
  });

  it('of the reference implementation is accepted', async () => {
    // echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 (P-H-C/phc-winner-argon2, src/test.c)
    const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    await expect(passwordMatches('password', known)).resolves.toBe(true);
    expect(isOutdated(known)).toBe(true);
  });

  it('with the current parameters is not outdated', async () => {
    expect(isOutdated(await hashPassword('secret'))).toBe(false);
    expect(isOutdated(await hashPassword('secret', CHEAP))).toBe(true);
  });

  it.each(['', 'secret', '$2b$10$abc', '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJH'])(
    'is rejected when it is malformed: %j',
    async (text) => {
      await expect(passwordMatches('secret', text)).rejects.toMatchObject({ code: 'PASSWORD_HASH_INVALID' });
    },
  );
});
