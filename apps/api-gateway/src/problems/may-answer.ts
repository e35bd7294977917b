import { ApiExtension } from '@nestjs/swagger';
import { type ProblemCode } from './problem-codes';

/** OpenAPI extension that carries the codes of {@link MayAnswer} to the document, which removes it. */
export const CODES_EXTENSION = 'x-gatehouse-codes';

/**
 * Declares codes of problems that this route can answer, besides those that follow from its access and its parameters.
 * The OpenAPI document lists them by their statuses.
 *
 * @example
 *   @MayAnswer('limit_reached')
 */
export function MayAnswer(...codes: readonly ProblemCode[]): MethodDecorator {
  return ApiExtension(CODES_EXTENSION, { codes });
}
