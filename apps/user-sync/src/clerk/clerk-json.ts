import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type UserSyncConfig } from '../config';
import { ClerkRequestError } from '../errors';
import { CONFIG } from '../tokens';
import { backendApiHeaders, retryAfterOf } from './backend-api';
import { type CallOptions, ClerkRequests, REQUEST_TIMEOUT_MS } from './clerk-requests';

const errorSchema = z.looseObject({ errors: z.array(z.looseObject({ code: z.string() })).min(1) });

/** One request to the Backend API, as it goes over the wire. */
export interface WireRequest<Schema extends z.ZodType> {
  /** After `/v1`, with the query. */
  readonly path: string;
  /** PATCHed as JSON; without it the path is fetched. */
  readonly body?: unknown;
  readonly schema: Schema;
  /** What is thrown when Clerk has no such resource. */
  readonly missing: () => Error;
}

/** Asks Clerk what its SDK does not know how to ask, or asks twice. */
@Injectable()
export class ClerkJson {
  constructor(
    @Inject(CONFIG) private readonly config: { readonly clerk: Pick<UserSyncConfig['clerk'], 'apiUrl' | 'secretKey'> },
    private readonly requests: ClerkRequests,
  ) {}

  /** The answer, parsed. Throws as ClerkRequests does. */
  ask<Schema extends z.ZodType>(request: WireRequest<Schema>, callOptions: CallOptions): Promise<z.output<Schema>> {
    const { timeoutMs = REQUEST_TIMEOUT_MS } = callOptions;
    return this.requests.ask(() => this.send(request, timeoutMs), request.missing, callOptions);
  }

  private async send<Schema extends z.ZodType>(
    { path, body, schema, missing }: WireRequest<Schema>,
    timeoutMs: number,
  ): Promise<z.output<Schema>> {
    const { apiUrl, secretKey } = this.config.clerk;
    const headers = backendApiHeaders(secretKey);
    const response = await fetch(`${apiUrl}/v1${path}`, {
      ...(body === undefined
        ? { headers }
        : { method: 'PATCH', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw refusal(response, answer, missing);
    const parsed = schema.safeParse(answer);
    if (!parsed.success)
      throw new ClerkRequestError('clerk', {}, 'Clerk answered with something else than was asked for');
    return parsed.data;
  }
}

function refusal(response: Response, body: unknown, missing: () => Error): Error {
  const { status } = response;
  const code = errorSchema.safeParse(body).data?.errors[0]?.code;
  if (status === 404 && code === 'resource_not_found') return missing();
  return new ClerkRequestError(
    'clerk',
    {
      status,
      ...(code === undefined ? {} : { code }),
      ...retryAfterOf(response),
    },
    `Clerk answered ${status}${code === undefined ? '' : ` (${code})`}`,
  );
}
