import { maxIdempotencyKeyLength } from '@gatehouse/contracts';
import { headerParameter } from '../headers/header-parameter';
import { headersOf } from '../openapi/response-headers';
import { readIdempotencyKey } from './idempotency-key';

/** Name of the metadata of handlers that take the header. */
const TAKEN = 'gatehouse:idempotency-key-taken';

const takeKey = headerParameter(readIdempotencyKey, {
  name: 'Idempotency-Key',
  description:
    'Makes the request safe to repeat: for 24 hours, requests with this key get the response of the first one that succeeded. Use a new random key for each request.',
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: maxIdempotencyKeyLength + 2,
    examples: ['3f8a1c1e-0d5f-4b6a-9a53-7c1d2b0e9f64'],
  },
});

/**
 * Parameter with the idempotency key of the request, from the header `Idempotency-Key`. Describes the header in the
 * OpenAPI document. POST and PATCH routes without this parameter reject the header. Spread the parameter into the
 * request to the service, whose contract takes `idempotent`; answer with `markReplay`.
 *
 * @example
 *   create(@IdempotencyKey() once: OnceOnly, …) {
 *     return markReplay(response, await this.services.send(createItem, { ...draft, ...once }, caller));
 *   }
 */
export function IdempotencyKey(): ParameterDecorator {
  return (target, method, index) => {
    if (method === undefined) return;
    takeKey(target, method, index);
    Reflect.defineMetadata(TAKEN, true, target.constructor, method);
  };
}

/** Whether a handler has the parameter `@IdempotencyKey()`. */
export function takesIdempotencyKey(controller: object, handler: string | symbol): boolean {
  return Reflect.hasMetadata(TAKEN, controller, handler);
}

/** The response header `Idempotency-Replayed`, for `headers` of `ApiCreatedResponse` and its kind. */
export const replayedHeader = headersOf('Idempotency-Replayed');
