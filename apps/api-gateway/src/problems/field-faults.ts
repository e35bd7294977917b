import { type FieldFault, type FieldPlace } from '../errors';

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
