import { PROBLEM_TYPE } from '@gatehouse/http-edge';
import { type OpenAPIObject } from '@nestjs/swagger';
import { type ProblemCode, problemStatuses } from '../../problems/problem-codes';
import { refTo } from './components';
import { type DescribedHeader, headersOf } from '../../openapi/response-headers';
import { type OperationFacts, problemGroups } from './problem-groups';

type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>;

/** Name of the response component of a status, and the description of the response. */
const statuses: Readonly<Record<number, { readonly name: string; readonly description: string }>> = {
  400: {
    name: 'BadRequest',
    description: 'The request or its credential is malformed or invalid. `errors` lists every invalid field',
  },
  401: { name: 'Unauthorized', description: 'The credential is missing or rejected. `code` tells why' },
  403: {
    name: 'Forbidden',
    description: 'The account is not active, or its role or scopes are insufficient. `code` tells which',
  },
  404: { name: 'NotFound', description: 'Not found' },
  409: {
    name: 'Conflict',
    description: 'The current state of the resource or of the calling user does not allow this. `code` tells why',
  },
  412: { name: 'PreconditionFailed', description: 'The version is none of those in `If-Match`' },
  413: { name: 'ContentTooLarge', description: 'The body is larger than 64 KiB' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not application/json' },
  422: { name: 'UnprocessableContent', description: 'The `Idempotency-Key` was used with another request' },
  429: { name: 'TooManyRequests', description: 'Too many requests. Retry after `Retry-After` seconds' },
  501: { name: 'NotImplemented', description: 'This gateway issues no tokens' },
  503: { name: 'ServiceUnavailable', description: 'A dependency is unavailable. Retry after `Retry-After` seconds' },
};

/** Headers of problems besides `X-Request-Id`. */
const headers: Readonly<Record<number, readonly DescribedHeader[]>> = {
  400: ['WWW-Authenticate', 'RateLimit', 'RateLimit-Policy'],
  401: ['WWW-Authenticate', 'RateLimit', 'RateLimit-Policy'],
  403: ['WWW-Authenticate', 'RateLimit', 'RateLimit-Policy'],
  409: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
};

/** Describes the problems of operations, and collects those that many operations share. */
export class ProblemResponses {
  readonly components: Responses = {
    Problem: {
      description: 'Any other problem, such as 408 `request_timeout`, 431 `headers_too_large` or 500 `internal`',
      headers: headersOf('X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy'),
      content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  };

  /**
   * Responses of an operation by status, and `default`. `own` are the codes that the route declares with `@MayAnswer`;
   * `described` returns the description that the route gives to a status.
   */
  of(
    facts: OperationFacts,
    own: readonly ProblemCode[],
    described: (status: number) => string | undefined,
  ): Record<string, object> {
    const labels = new Map<number, string>();
    const codes = new Map<number, Set<ProblemCode>>();
    const add = (code: ProblemCode, label: string) => {
      const status = problemStatuses[code];
      codes.set(status, (codes.get(status) ?? new Set()).add(code));
      const known = labels.get(status) ?? '';
      if (!known.endsWith(label)) labels.set(status, known + label);
    };
    for (const group of problemGroups) {
      if (group.applies(facts)) for (const code of group.codes) add(code, group.label);
    }
    const shared = new Map([...codes].map(([status, known]) => [status, known.size]));
    for (const code of own) add(code, '');
    const responses = [...codes]
      .sort(([one], [other]) => one - other)
      .map(([status, known]) => {
        const description = described(status);
        const isShared = description === undefined && known.size === shared.get(status);
        const response = responseOf(status, [...known], description);
        return [status, isShared ? this.share(`${nameOf(status)}${labels.get(status)}`, response) : response] as const;
      });
    return { ...Object.fromEntries(responses), default: { $ref: '#/components/responses/Problem' } };
  }

  private share(name: string, response: Responses[string]): object {
    this.components[name] ??= response;
    return { $ref: `#/components/responses/${name}` };
  }
}

function nameOf(status: number): string {
  return statuses[status]?.name ?? `Status${status}`;
}

function responseOf(status: number, codes: readonly ProblemCode[], description?: string): Responses[string] {
  const narrowed = { type: 'object', properties: { code: { type: 'string', enum: [...codes].sort() } } };
  return {
    description: description ?? statuses[status]?.description ?? 'The request was rejected',
    headers: headersOf('X-Request-Id', ...(headers[status] ?? ['RateLimit', 'RateLimit-Policy'])),
    content: { [PROBLEM_TYPE]: { schema: { allOf: [refTo('Problem'), narrowed] } } },
  } as Responses[string];
}
