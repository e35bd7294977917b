import { matchesVersion } from '@gatehouse/contracts';
import { type FastifyRequest } from 'fastify';
import { RequestInvalidError } from '../errors';
import { entityTag, isNotModified, readIfMatch } from './entity-tag';

/** A request with the given lines of one header. */
function withHeader(name: string, ...lines: string[]): FastifyRequest {
  return { raw: { headersDistinct: lines.length === 0 ? {} : { [name]: lines } } } as unknown as FastifyRequest;
}

const ifMatch = (...lines: string[]) => readIfMatch(withHeader('if-match', ...lines));
const notModified = (version: number, ...lines: string[]) =>
  isNotModified(withHeader('if-none-match', ...lines), version);

describe('readIfMatch', () => {
  it.each<[string, number[] | '*']>([
    ['"3"', [3]],
    ['*', '*'],
    [' * ', '*'],
    ['"1", "2"', [1, 2]],
    [',"1",, \t"2" ,', [1, 2]],
    ['"2","2"', [2]],
    ['W/"3"', []],
    ['W/"3", "4"', [4]],
    ['"03"', []],
    ['"3-gzip"', []],
    ['"a,b", "5"', [5]],
    ['""', []],
    ['"*"', []],
    ['"2147483647"', [2_147_483_647]],
    ['"2147483648"', []],
    ['"9007199254740993"', []],
    ['"\u00e9"', []],
  ])('reads %s', (value, expected) => {
    expect(ifMatch(value)).toEqual(expected);
  });

  it('returns undefined without the header', () => {
    expect(ifMatch()).toBeUndefined();
  });

  it.each(['', ' ', ',', '3', '"3', '3"', 'w/"3"', 'W/ "3"', "'3'", '*, "3"', '"3" "4"', '"3";', '"a b"', '"3", x'])(
    'rejects %j and names the header',
    (value) => {
      expect(() => ifMatch(value)).toThrow(RequestInvalidError);
      expect(faultsOf(() => ifMatch(value))).toEqual([
        { in: 'header', field: 'If-Match', message: expect.stringContaining('quoted entity tags') as string },
      ]);
    },
  );

  it('rejects a repeated header, even if each line is valid', () => {
    expect(faultsOf(() => ifMatch('"1"', '"2"'))).toEqual([
      { in: 'header', field: 'If-Match', message: 'is repeated' },
    ]);
  });

  it('accepts 100 entity tags and rejects 101', () => {
    const list = (length: number) => Array.from({ length }, (_, index) => entityTag(index + 1)).join();
    expect(ifMatch(list(100))).toHaveLength(100);
    expect(faultsOf(() => ifMatch(list(101)))).toEqual([
      { in: 'header', field: 'If-Match', message: 'has more than 100 entity tags' },
    ]);
  });

  it('parses 16 KiB of nearly valid tags in linear time', () => {
    const spaces = ' '.repeat(16_000);
    expect(() => ifMatch(`"1"${spaces}x`)).toThrow(RequestInvalidError);
    expect(() => ifMatch(`${spaces}x`)).toThrow(RequestInvalidError);
  });
});

describe('matchesVersion', () => {
  it.each<[number[] | '*' | undefined, boolean]>([
    [undefined, true],
    ['*', true],
    [[2, 3], true],
    [[2], false],
    [[], false],
  ])('with %j and version 3 returns %s', (expected, matches) => {
    expect(matchesVersion(3, expected)).toBe(matches);
  });
});

describe('isNotModified', () => {
  it.each<[string[], boolean]>([
    [[], false],
    [['*'], true],
    [['"3"'], true],
    [['W/"3"'], true],
    [['"2", W/"3"'], true],
    [['"2"'], false],
    [['"03"'], false],
  ])('with %j and version 3 returns %s', (lines, expected) => {
    expect(notModified(3, ...lines)).toBe(expected);
  });

  it('rejects a malformed header and names it', () => {
    expect(faultsOf(() => notModified(3, '3'))).toEqual([
      expect.objectContaining({ in: 'header', field: 'If-None-Match' }),
    ]);
  });
});

function faultsOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    return (error as RequestInvalidError).faults;
  }
  return undefined;
}
