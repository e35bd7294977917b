import { type JsonObject } from '../clerk/json';
import { MetadataInvalidError } from '../errors';
import { assertMetadataFits, mergeMetadata } from './merge-metadata';

describe('mergeMetadata', () => {
  it('merges nested objects and keeps keys that the patch does not have', () => {
    expect(mergeMetadata({ a: { b: 1, c: 2 }, d: 3 }, { a: { c: 9 } })).toEqual({ a: { b: 1, c: 9 }, d: 3 });
  });

  it('removes a key that the patch sets to null, at any level', () => {
    expect(mergeMetadata({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: null }, d: null })).toEqual({ a: { c: 2 } });
    expect(mergeMetadata({}, { a: { b: null } })).toEqual({ a: {} });
  });

  it('replaces arrays and scalars', () => {
    expect(mergeMetadata({ a: [1, 2], b: { c: 1 } }, { a: [3], b: 'x' })).toEqual({ a: [3], b: 'x' });
    expect(mergeMetadata({ b: 'x' }, { b: { c: 1 } })).toEqual({ b: { c: 1 } });
  });

  it('does not change its arguments', () => {
    const current: JsonObject = { a: { b: 1 } };
    mergeMetadata(current, { a: { b: 2 } });
    expect(current).toEqual({ a: { b: 1 } });
  });
});

describe('assertMetadataFits', () => {
  it('accepts 8 KB and rejects one byte more', () => {
    const overhead = Buffer.byteLength('{"a":""}');
    expect(() => assertMetadataFits('public_metadata', { a: 'x'.repeat(8_192 - overhead) })).not.toThrow();
    expect(() => assertMetadataFits('public_metadata', { a: 'x'.repeat(8_193 - overhead) })).toThrow(
      MetadataInvalidError,
    );
  });

  it('rejects nesting that would overflow the stack', () => {
    const deep = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as JsonObject;
    expect(() => assertMetadataFits('public_metadata', deep)).toThrow(MetadataInvalidError);
  });
});
