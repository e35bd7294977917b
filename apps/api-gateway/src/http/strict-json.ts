import { type JsonFault, parseStrictJson as parse, repeatedMember } from '@gatehouse/auth';
import { JsonInvalidError, type JsonPlace } from '../errors';
import { syntaxFault } from './json-syntax';

/**
 * Parses the JSON of a body strictly; see `parseStrictJson` of the auth library.
 * @throws JsonInvalidError
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  return parse(bytes, (fault) => new JsonInvalidError(fault, placeOf(fault, bytes)));
}

function placeOf(fault: JsonFault, bytes: Uint8Array): JsonPlace {
  if (fault === 'repeated_member') return { path: repeatedMember(bytes) };
  return fault === 'syntax' ? { syntax: syntaxFault(Buffer.from(bytes).toString()) } : {};
}
