import { type FastifyRequest } from 'fastify';
import { RequestInvalidError } from '../errors';
import { fieldFault } from '../problems/field-faults';

/**
 * Returns the value of a request header that may be sent once; undefined without the header.
 * @throws RequestInvalidError if the header is repeated
 */
export function singleHeader(name: string, { raw }: FastifyRequest): string | undefined {
  // Node joins repeated headers with commas, so two values would look like one.
  const [value, another] = raw.headersDistinct[name.toLowerCase()] ?? [];
  if (another !== undefined) throw invalidHeader(name, 'is repeated');
  return value;
}

/** Builds the error for a request with an invalid header. */
export function invalidHeader(name: string, message: string): RequestInvalidError {
  return new RequestInvalidError([fieldFault('header', [name], message)]);
}
