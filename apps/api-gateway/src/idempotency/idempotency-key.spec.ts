import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequestInvalidError } from '../errors';
import { markReplay, readIdempotencyKey, rejectIdempotencyKey } from './idempotency-key';

/** A request of `POST /api/items/:id/copies` with the given lines of the header. */
function withKeys(...lines: string[]): FastifyRequest {
  return {
    method: 'POST',
    raw: { headersDistinct: lines.length === 0 ? {} : { 'idempotency-key': lines } },
    routeOptions: { url: '/api/items/:id/copies' },
    params: { id: 'a/b' },
  } as unknown as FastifyRequest;
}

/** The fault of a header; undefined without one. */
function faultOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof RequestInvalidError ? error.faults[0] : error;
  }
}

describe('readIdempotencyKey', () => {
  it.each([
    ['a', 'a'],
    ['"a"', 'a'],
    ['3f8a1c1e-0d5f-4b6a-9a53-7c1d2b0e9f64', '3f8a1c1e-0d5f-4b6a-9a53-7c1d2b0e9f64'],
    ['"3f8a1c1e-0d5f-4b6a-9a53-7c1d2b0e9f64"', '3f8a1c1e-0d5f-4b6a-9a53-7c1d2b0e9f64'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['a"b\\c', 'a"b\\c'],
    ["a,;='~!", "a,;='~!"],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('reads %s', (value, key) => {
    expect(readIdempotencyKey(withKeys(value)).idempotency?.key).toBe(key);
  });

  it('returns nothing without the header', () => {
    expect(readIdempotencyKey(withKeys())).toEqual({});
  });

  it('names the method and the whole path, so that the same key on another path is another key', () => {
    expect(readIdempotencyKey(withKeys('k')).idempotency?.path).toBe('POST /api/items/a%2Fb/copies');
  });

  it.each([
    ['', 'is empty'],
    ['""', 'is empty'],
    ['a b', expect.stringContaining('visible ASCII')],
    ['"a b"', expect.stringContaining('visible ASCII')],
    ['"a', expect.stringContaining('visible ASCII')],
    ['"a\\b"', expect.stringContaining('visible ASCII')],
    ['"a";b=1', expect.stringContaining('visible ASCII')],
    ['"a", "b"', expect.stringContaining('visible ASCII')],
    ['k\u00e9y', expect.stringContaining('visible ASCII')],
    ['k\ty', expect.stringContaining('visible ASCII')],
    ['k'.repeat(256), 'is longer than 255 characters'],
    [`"${'k'.repeat(256)}"`, 'is longer than 255 characters'],
  ])('rejects %p, and names the header', (value, message) => {
    const fault = { in: 'header', field: 'Idempotency-Key', message };
    expect(faultOf(() => readIdempotencyKey(withKeys(value)))).toEqual(fault);
  });

  it('rejects a repeated header', () => {
    expect(faultOf(() => readIdempotencyKey(withKeys('a', 'a')))).toMatchObject({ message: 'is repeated' });
  });
});

describe('rejectIdempotencyKey', () => {
  const sent = (method: string, headers = { 'idempotency-key': 'k' } as object) =>
    faultOf(() => rejectIdempotencyKey({ method, headers } as unknown as FastifyRequest));

  it.each(['POST', 'PATCH'])('rejects the header on %s, where a repetition may act twice', (method) => {
    expect(sent(method)).toMatchObject({ in: 'header', field: 'Idempotency-Key' });
    expect(sent(method, {})).toBeUndefined();
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('ignores the header on %s, which can be repeated', (method) => {
    expect(sent(method)).toBeUndefined();
  });
});

describe('markReplay', () => {
  it('moves the mark of a replay from the body to a header', () => {
    const headers: unknown[] = [];
    const response = { header: (...header: unknown[]) => headers.push(header) } as unknown as FastifyReply;
    const first: { readonly id: string; readonly replayed?: boolean } = { id: '1' };
    expect(markReplay(response, first)).toEqual({ id: '1' });
    expect(markReplay(response, { id: '1', replayed: false })).toEqual({ id: '1' });
    expect(headers).toEqual([]);
    expect(markReplay(response, { id: '1', replayed: true })).toEqual({ id: '1' });
    expect(headers).toEqual([['idempotency-replayed', 'true']]);
  });
});
