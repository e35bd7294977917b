import { type IncomingMessage } from 'node:http';
import { type FastifyContextConfig, type FastifyInstance } from 'fastify';
import { MediaTypeUnsupportedError } from '../errors';
import { checkTexts } from './check-texts';
import { UnreadBody, streamedTypeOf, streamedTypes } from '../uploads/streamed-body';
import { requiredExchange } from './note-requests';
import { parseStrictJson } from './strict-json';

/** Maximum size of a body. */
export const BODY_LIMIT_BYTES = 64 * 1024;
/** `application/json` with any parameters. Parameters such as charset are ignored, because JSON is always UTF-8. */
const JSON_TYPE = /^\s*application\/json\s*(;[^,]*)?$/i;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Parses bodies as strict JSON. Reads an empty body of any Content-Type as `{}`: a route without required fields accepts
 * `{}`, other routes name the missing fields. Rejects a non-empty body of another media type with 415. Leaves the files of
 * routes that read a stream unread. Call this before the first route is registered.
 */
export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    // Fastify would reject some media types before it notices that the body is empty. So this hook removes
    // `Content-Type` unless it is JSON. Without `Content-Type`, Fastify runs the parser for `*`, which accepts an empty
    // body.
    if (headers['content-type'] === undefined) return done();
    const isStreamed = takesStream(request.routeOptions);
    const streamed = isStreamed ? streamedTypeOf(headers['content-type']) : undefined;
    if (streamed !== undefined) headers['content-type'] = streamed;
    else if (!isStreamed && JSON_TYPE.test(headers['content-type'])) headers['content-type'] = 'application/json';
    else delete headers['content-type'];
    done();
  });
  // Runs after the guard: a client that waits for `100 Continue` sends no body before its headers are accepted.
  server.addHook('preParsing', ({ raw }, _reply, payload, done) => {
    requiredExchange(raw).continue();
    done(null, payload);
  });
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, bytes, done) =>
    settle(done, () => readJson(bytes)),
  );
  for (const type of streamedTypes) {
    server.addContentTypeParser(type, (_request, stream: IncomingMessage, done) => {
      done(null, new UnreadBody(type, stream));
    });
  }
  server.addContentTypeParser('*', (request, stream: IncomingMessage, done) => {
    if (request.is404) return done(null);
    expectEmpty(stream, done, takesStream(request.routeOptions) ? streamedTypes.join(' or ') : undefined);
  });
}

/** Whether the handler of the route reads the body as a stream; false where there is no route. */
function takesStream({ config }: { readonly config?: FastifyContextConfig }): boolean {
  return config?.input?.streamedBody === true;
}

function settle(done: Done, read: () => unknown): void {
  let body: unknown;
  try {
    body = read();
  } catch (error) {
    return done(error as Error);
  }
  done(null, body);
}

function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  const marked = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const value = parseStrictJson(marked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes);
  checkTexts(value);
  return value;
}

/** Requires a body of zero bytes. A chunked body must be read, because it declares no length. */
function expectEmpty(stream: IncomingMessage, done: Done, types?: string): void {
  if (Number(stream.headers['content-length'] ?? '0') > 0) return done(new MediaTypeUnsupportedError(types));
  const finish = (error: Error | null, body?: unknown) => {
    stream.off('data', onData).off('end', onEnd).off('error', onError);
    done(error, body);
  };
  const onData = () => finish(new MediaTypeUnsupportedError(types));
  const onEnd = () => finish(null, {});
  const onError = (error: Error) => finish(error);
  stream.on('data', onData).on('end', onEnd).on('error', onError);
}
