import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type UserSyncConfig } from '../config';
import { ClerkRequestError } from '../errors';
import { CONFIG } from '../tokens';
import { backendApiHeaders, retryAfterOf } from './backend-api';
import { type CallOptions, ClerkRequests } from './clerk-requests';

const errorSchema = z.looseObject({ errors: z.array(z.looseObject({ code: z.string() })).min(1) });

/** One request to the Backend API. */
export interface WireRequest<Schema extends z.ZodType> {
  /** Path after `/v1`, with the query. */
  readonly path: string;
  /** Default: PATCH with a body, GET without. */
  readonly method?: 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Shape of the answer. */
  readonly schema: Schema;
  /** Makes the error that is thrown when Clerk has no such resource. */
  readonly missing: () => Error;
}

/**
 * Sends requests to Clerk's Backend API and parses the answers strictly. ADR 0018 explains why this class does not use
 * `@clerk/backend`.
 */
@Injectable()
export class ClerkJson {
  constructor(
    @Inject(CONFIG) private readonly config: { readonly clerk: Pick<UserSyncConfig['clerk'], 'apiUrl' | 'secretKey'> },
    private readonly requests: ClerkRequests,
  ) {}

  /**
   * Sends a request and returns the parsed answer.
   * @throws the error of `missing`, and the errors of {@link ClerkRequests.send}
   */
  ask<Schema extends z.ZodType>(request: WireRequest<Schema>, options: CallOptions): Promise<z.output<Schema>> {
    return this.requests.send((signal) => this.fetch(request, signal), options);
  }

  private async fetch<Schema extends z.ZodType>(
    { path, method, body, schema, missing }: WireRequest<Schema>,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const { apiUrl, secretKey } = this.config.clerk;
    const headers = backendApiHeaders(secretKey.current);
    const response = await fetch(`${apiUrl}/v1${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'PATCH'),
      ...(body === undefined
        ? { headers }
        : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal,
      redirect: 'error',
    }).catch((cause: unknown) => {
      throw new ClerkRequestError('network', {}, 'No connection to Clerk, or it was lost.', { cause });
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw refusal(response, answer, missing);
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw new ClerkRequestError('clerk', {}, 'Clerk answered with JSON of an unexpected shape.');
    return parsed.data;
  }
}

function refusal(response: Response, body: unknown, missing: () => Error): Error {
  const { status } = response;
  const code = errorSchema.safeParse(body).data?.errors[0]?.code;
  // Only `resource_not_found` means that the resource does not exist. A 404 with another code means that the path is
  // wrong.
  if (status === 404 && code === 'resource_not_found') return missing();
  return new ClerkRequestError(
    'clerk',
    { status, ...(code === undefined ? {} : { code }), ...retryAfterOf(response) },
    `Clerk answered ${status}${code === undefined ? '' : ` (${code})`}.`,
  );
}
