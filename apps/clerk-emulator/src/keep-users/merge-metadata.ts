import { isJsonObject, type JsonObject, nestsDeeper } from '../clerk/json';
import { MetadataInvalidError } from '../errors';

const LIMIT_BYTES = 8 * 1024;
const DEPTH_LIMIT = 100;

/** Clerk's deep merge: objects merge, arrays and scalars replace, null removes the key at any level. */
export function mergeMetadata(current: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(current));
  for (const [key, value] of Object.entries(patch)) {
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else if (isJsonObject(value)) merged.set(key, mergeMetadata(isJsonObject(before) ? before : {}, value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** @throws MetadataInvalidError above 8 KB of JSON, or nested deeper than 100 levels */
export function assertMetadataFits(paramName: string, metadata: JsonObject): void {
  if (nestsDeeper(metadata, DEPTH_LIMIT)) {
    throw new MetadataInvalidError(paramName, `${paramName} is nested deeper than ${DEPTH_LIMIT} levels.`);
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > LIMIT_BYTES) {
    throw new MetadataInvalidError(paramName, `${paramName} exceeds the maximum allowed size of 8KB.`);
  }
}
