import { type InvalidField } from '@gatehouse/contracts';
import { type FieldFault, type FieldPlace } from '../errors';
import { readableFault } from './readable-fault';

/** Longest field name in a response; characters. */
export const maxFieldName = 64;

/** Builds the fault of the field at `path`. An empty `path` means everything at `place`, such as the whole body. */
export function fieldFault(place: FieldPlace, path: readonly string[], message: string): FieldFault {
  return { in: place, field: path.join('.').slice(0, maxFieldName) || place, message };
}

/** Builds the fault of a field or parameter that the route does not accept. */
export function unknownField(place: FieldPlace, path: readonly string[]): FieldFault {
  return fieldFault(place, path, `is not a ${place === 'query' ? 'parameter' : 'field'} of this route`);
}

/** Parts of a request in which clients send fields. */
export interface RequestParts {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/**
 * Builds the fault of a field that a service has rejected. The service names the field as in its own request. The place
 * is the part of the client's request that has a field of this name, also without the outer levels of the path: the
 * gateway may have put the body into a field of the service's request. A field that is nowhere was left out. `body` is the
 * whole body.
 */
export function placedFault({ field, message }: InvalidField, { params, query, body }: RequestParts): FieldFault {
  if (field === 'body') return fieldFault('body', [], readableFault(message));
  const parts = { path: params, query, body };
  const full = field.split('.');
  for (let path = full; path.length > 0; path = path.slice(1)) {
    const place = namesOf(parts).find((name) => has(parts[name], path[0] ?? ''));
    if (place !== undefined) return fieldFault(place, path, readableFault(message));
  }
  return fieldFault(isEmpty(body) && !isEmpty(query) ? 'query' : 'body', full, readableFault(message));
}

function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[];
}

function has(part: unknown, name: string): boolean {
  return typeof part === 'object' && part !== null && Object.hasOwn(part, name);
}

function isEmpty(part: unknown): boolean {
  return typeof part !== 'object' || part === null || Object.keys(part).length === 0;
}
