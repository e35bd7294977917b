import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyRequest } from 'fastify';
import { type FieldFault, RequestInvalidError } from '../errors';
import { fieldFault, unknownField } from '../problems/field-faults';

/** Parts of a request that a handler takes. The validation pipe validates each by its schema. */
export interface RouteInput {
  readonly body: boolean;
  readonly query: boolean;
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
    unchecked: taken.filter(({ checked }) => !checked).map(({ name }) => name),
  };
}

/**
 * Rejects a body or query parameters that the handler does not take. If they were ignored, the route would do something
 * other than the client asked for.
 * @throws RequestInvalidError
 */
export function rejectUnexpected(input: Pick<RouteInput, 'body' | 'query'>, { body, query }: FastifyRequest): void {
  const faults = [...(input.body ? [] : inBody(body)), ...(input.query ? [] : namesOf(query, 'query'))];
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
