import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyRequest } from 'fastify';
import { type FieldFault, RequestInvalidError } from '../errors';
import { rejectIdempotencyKey } from '../idempotency/idempotency-key';
import { takesIdempotencyKey } from '../idempotency/idempotency-key-header';
import { UnreadBody, takesStreamedBody } from '../uploads/streamed-body';
import { fieldFault, unknownField } from '../problems/field-faults';

/** Parts of a request that a handler takes. The validation pipe validates each by its schema. */
export interface RouteInput {
  readonly body: boolean;
  readonly query: boolean;
  /** Whether the handler takes the header `Idempotency-Key`. */
  readonly idempotencyKey: boolean;
  /** Whether the handler reads the body as a stream, by itself. */
  readonly streamedBody: boolean;
  /** Parts without a schema. The gateway does not start if there are any. */
  readonly unchecked: readonly string[];
}

interface Parameter {
  readonly schema?: unknown;
}

const named = { [RouteParamtypes.BODY]: 'body', [RouteParamtypes.QUERY]: 'query', [RouteParamtypes.PARAM]: 'path' };

/** Reads the parameters `@Body`, `@Query` and `@Param` of a handler. */
export function inputOf(controller: object, handler: string | symbol): RouteInput {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Record<string, Parameter>;
  const taken = Object.entries(parameters).flatMap(([key, { schema }]) => {
    const name = named[Number(key.split(':')[0]) as keyof typeof named];
    return name === undefined ? [] : [{ name, checked: schema !== undefined }];
  });
  return {
    body: taken.some(({ name }) => name === 'body'),
    query: taken.some(({ name }) => name === 'query'),
    idempotencyKey: takesIdempotencyKey(controller, handler),
    streamedBody: takesStreamedBody(controller, handler),
    unchecked: taken.filter(({ checked }) => !checked).map(({ name }) => name),
  };
}

/** Parts that {@link rejectUnexpected} rejects where the handler does not take them. */
export type AcceptedInput = Omit<RouteInput, 'unchecked'>;

/**
 * Rejects a body, query parameters or an idempotency key that the handler does not take. If they were ignored, the route
 * would do something other than the client asked for.
 * @throws RequestInvalidError
 */
export function rejectUnexpected(input: AcceptedInput, request: FastifyRequest): void {
  if (!input.idempotencyKey) rejectIdempotencyKey(request);
  const { body, query } = request;
  const takesBody = input.body || (input.streamedBody && body instanceof UnreadBody);
  const faults = [...(takesBody ? [] : inBody(body)), ...(input.query ? [] : namesOf(query, 'query'))];
  if (faults.length > 0) throw new RequestInvalidError(faults);
}

function inBody(body: unknown): FieldFault[] {
  if (body === undefined) return [];
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return namesOf(body, 'body');
  return [fieldFault('body', [], 'must be empty or {}')];
}

function namesOf(value: unknown, place: 'body' | 'query'): FieldFault[] {
  return Object.keys(value ?? {}).map((name) => unknownField(place, [name]));
}
