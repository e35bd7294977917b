import { ApiHeader } from '@nestjs/swagger';
import { headersOf } from '../openapi/response-headers';
import { readIfMatch } from './entity-tag';
import { headerParameter } from '../headers/header-parameter';

const takeIfMatch = headerParameter(readIfMatch, {
  name: 'If-Match',
  description: 'Change the resource only if its version is one of these entity tags; otherwise 412 `version_mismatch`.',
  schema: { type: 'string', examples: ['"3"'] },
});

/**
 * Parameter with the versions that the client expects, from the header `If-Match`: `IfMatch | undefined`. Describes the
 * header in the OpenAPI document. A malformed header is rejected with 400.
 *
 * @example
 *   update(@IfMatchHeader() ifMatch: IfMatch | undefined) { … }
 */
export function IfMatchHeader(): ParameterDecorator {
  return takeIfMatch;
}

/** Describes the header `If-None-Match` of a GET route, which answers 304 if `isNotModified` is true. */
export function AcceptsIfNoneMatch(): MethodDecorator {
  return ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'Answer 304 without a body if the version is one of these entity tags.',
    schema: { type: 'string', examples: ['"3"'] },
  });
}

/** The response header `ETag`, for `headers` of `ApiOkResponse` and its kind. */
export const etagHeader = headersOf('ETag');
