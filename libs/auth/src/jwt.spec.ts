import { decodeJwt } from './jwt';

const malformed = expect.objectContaining({ code: 'token_malformed' }) as Error;

describe('a token', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['8 KiB of dots', '.'.repeat(8_192)],
    ['4 096 parts', 'a.'.repeat(4_096)],
    ['no dot', 'a'.repeat(8_192)],
    ['one point', `.${'a'.repeat(8_191)}`],
  ])('of %s is rejected before any part is decoded', (_, token) => {
    const decode = jest.spyOn(Buffer, 'from');
    expect(() => decodeJwt(token)).toThrow(malformed);
    expect(decode).not.toHaveBeenCalled();
  });
});
