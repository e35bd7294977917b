import { parseStrictJson as parse, repeatedMember } from '@gatehouse/auth';
import { JsonInvalidError } from '../errors';

/**
 * Parses the JSON of a body strictly; see `parseStrictJson` of the auth library.
 * @throws JsonInvalidError
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  return parse(
    bytes,
    (fault) => new JsonInvalidError(fault, fault === 'repeated_member' ? repeatedMember(bytes) : undefined),
  );
}
