import { type IncomingMessage } from 'node:http';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiPayloadTooLargeResponse, ApiUnsupportedMediaTypeResponse } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { MediaTypeUnsupportedError } from '../errors';

/** Name of the metadata of handlers that read their body as a stream. */
const TAKEN = 'gatehouse:streamed-body';

/** Media types that some route takes as a stream. */
export const streamedTypes = ['text/csv', 'application/x-ndjson'] as const;

/** A media type that some route takes as a stream. */
export type StreamedType = (typeof streamedTypes)[number];

/** A body that has not been read yet. */
export interface StreamedBody {
  readonly type: StreamedType;
  /** Number of bytes that the client has announced; undefined if it has announced none. */
  readonly length: number | undefined;
  /** @throws Error of Node when the connection breaks off */
  readonly bytes: AsyncIterable<Buffer>;
}

/** A body that a parser of Fastify has left unread. */
export class UnreadBody implements StreamedBody {
  constructor(
    readonly type: StreamedType,
    readonly bytes: IncomingMessage,
  ) {}

  get length(): number | undefined {
    const { 'content-length': length } = this.bytes.headers;
    return length === undefined ? undefined : Number(length);
  }
}

const take = createParamDecorator((_: unknown, context: ExecutionContext): StreamedBody => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (body instanceof UnreadBody) return body;
  throw new MediaTypeUnsupportedError(streamedTypes.join(' or '));
})();

/** What the OpenAPI document says of a streamed body. */
export interface StreamedBodyDescription {
  /** What the body is. */
  readonly description: string;
  /** Size that the handler accepts, in words. */
  readonly limit: string;
}

/**
 * Parameter with the body of the request as a stream, which the handler reads and limits. The body is `text/csv` or
 * `application/x-ndjson`.
 * @throws MediaTypeUnsupportedError for any other body
 */
export function TakeStreamedBody({ description, limit }: StreamedBodyDescription): ParameterDecorator {
  const describe = [
    ApiConsumes(...streamedTypes),
    ApiBody({ description, required: true, schema: { type: 'string' } }),
    ApiPayloadTooLargeResponse({ description: `The file is larger than ${limit}` }),
    ApiUnsupportedMediaTypeResponse({ description: `The body is neither ${streamedTypes.join(' nor ')}` }),
  ];
  return (target, method, index) => {
    take(target, method, index);
    if (method === undefined) return;
    Reflect.defineMetadata(TAKEN, true, target.constructor, method);
    const descriptor = Object.getOwnPropertyDescriptor(target, method);
    if (descriptor !== undefined) for (const decorate of describe) decorate(target, method, descriptor);
  };
}

/** Whether a handler reads its body as a stream. */
export function takesStreamedBody(controller: object, handler: string | symbol): boolean {
  return Reflect.hasMetadata(TAKEN, controller, handler);
}

/** The streamed media type of a header `Content-Type`; undefined for any other. Ignores parameters such as charset. */
export function streamedTypeOf(contentType: string): StreamedType | undefined {
  const [type = ''] = contentType.split(';');
  return streamedTypes.find((known) => known === type.trim().toLowerCase());
}
