import { type OpenAPIObject } from '@nestjs/swagger';

type Headers = NonNullable<NonNullable<OpenAPIObject['components']>['headers']>;

const text = (description: string, example: string, required = false) => ({
  description,
  ...(required && { required }),
  schema: { type: 'string' as const, examples: [example] },
});

/** Response headers of the OpenAPI document, by their names. */
export const headerComponents = {
  'X-Request-Id': text(
    'Id of the request; the same in `requestId` of a problem and in the logs.',
    'b7e3c1d2-8f4a-4c6b-9d0e-1f2a3b4c5d6e',
    true,
  ),
  'RateLimit-Policy': text('The limits that count this request: `q` requests in `w` seconds.', '"read";q=600;w=60'),
  RateLimit: text('What is left of each limit: `r` requests in the next `t` seconds.', '"read";r=598;t=41'),
  'Retry-After': {
    description: 'Seconds until the request can be repeated.',
    schema: { type: 'integer' as const, minimum: 1, examples: [30] },
  },
  'WWW-Authenticate': text(
    'Why the credential was rejected (RFC 6750).',
    'Bearer realm="gatehouse", error="invalid_token", error_description="The token has expired. Get a new one."',
  ),
  ETag: text('The version in quotes; send it as `If-Match`.', '"3"', true),
  Location: text('URL of the new resource, or of the page to go to; it may be relative.', 'items/0198f3d0', true),
  'Idempotency-Replayed': {
    description: 'Only on a repetition of a request: this is the stored response of the first one.',
    schema: { type: 'string' as const, enum: ['true'] },
  },
  'Content-Disposition': text('Suggests a file name.', 'attachment; filename="gatehouse-export-2027-03-01.json"', true),
  'Set-Cookie': text(
    'Counts the redirects to the sign-in page, so that they cannot become a loop.',
    'gatehouse_trips=1',
  ),
} satisfies Headers;

/** Name of a response header that the document describes. */
export type DescribedHeader = keyof typeof headerComponents;

/** References to response headers, for `headers` of a response. */
export function headersOf(...names: readonly DescribedHeader[]): Record<string, { readonly $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
