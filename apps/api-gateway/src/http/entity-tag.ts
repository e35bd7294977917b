import { type IfMatch, maxExpectedVersions, maxVersion } from '@gatehouse/contracts';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { invalidHeader, singleHeader } from '../headers/single-header';

type ConditionHeader = 'If-Match' | 'If-None-Match';

interface EntityTag {
  readonly weak: boolean;
  readonly opaque: string;
}

/** One entity tag and what follows it: a comma or the end. RFC 9110 section 8.8.3; bytes above 127 are obs-text. */
const ENTITY_TAG = /[\t ]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*)?(,|$)/y;
/** The decimal number of a version, written the only way that we write it. */
const VERSION = /^[1-9]\d{0,9}$/;

/** Makes the strong `ETag` of a resource from its version. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Sets the `ETag` of a response from the version of its resource, and returns the resource. Version 0 sets none: the
 * service is of a release without versions.
 */
export function tagged<Resource extends { readonly version: number }>(
  reply: FastifyReply,
  resource: Resource,
): Resource {
  if (resource.version > 0) void reply.header('etag', entityTag(resource.version));
  return resource;
}

/**
 * Reads `If-Match`: the versions that the client expects. Undefined without the header. Weak tags match nothing
 * (RFC 9110 section 13.1.1), and neither does a tag that is no version of ours.
 * @throws RequestInvalidError if the header is malformed or repeated
 */
export function readIfMatch(request: FastifyRequest): IfMatch | undefined {
  const tags = readTags('If-Match', request);
  return tags === undefined || tags === '*' ? tags : versionsOf(tags.filter(({ weak }) => !weak));
}

/**
 * Whether the client has this version already, by `If-None-Match`: answer 304 to GET and HEAD. Weak tags match too
 * (RFC 9110 section 13.1.2), because proxies that compress responses weaken tags.
 * @throws RequestInvalidError if the header is malformed or repeated
 */
export function isNotModified(request: FastifyRequest, version: number): boolean {
  const tags = readTags('If-None-Match', request);
  return tags === '*' || (tags !== undefined && versionsOf(tags).includes(version));
}

function versionsOf(tags: readonly EntityTag[]): number[] {
  const versions = tags.filter(({ opaque }) => VERSION.test(opaque)).map(({ opaque }) => Number(opaque));
  return [...new Set(versions)].filter((version) => version <= maxVersion);
}

function readTags(name: ConditionHeader, request: FastifyRequest): '*' | readonly EntityTag[] | undefined {
  const value = singleHeader(name, request);
  if (value === undefined) return undefined;
  if (value.trim() === '*') return '*';
  const tags = parseList(value);
  if (tags === undefined || tags.length === 0) {
    throw invalidHeader(name, 'must be * or a list of quoted entity tags, such as "3"');
  }
  if (tags.length > maxExpectedVersions) throw invalidHeader(name, `has more than ${maxExpectedVersions} entity tags`);
  return tags;
}

/** Parses a list of entity tags; undefined if it is malformed. Skips empty elements (RFC 9110 section 5.6.1.2). */
function parseList(value: string): EntityTag[] | undefined {
  const tags: EntityTag[] = [];
  for (let at = 0, end = ','; end === ',';) {
    ENTITY_TAG.lastIndex = at;
    const match = ENTITY_TAG.exec(value);
    if (match === null) return undefined;
    const [whole, weak, opaque] = match;
    if (opaque !== undefined) tags.push({ weak: weak !== undefined, opaque });
    at += whole.length;
    end = match[3] ?? '';
  }
  return tags;
}
