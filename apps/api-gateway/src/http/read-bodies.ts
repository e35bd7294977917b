import { type IncomingMessage } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { MediaTypeUnsupportedError } from '../errors';
import { checkTexts } from './check-texts';
import { parseStrictJson } from './strict-json';

/** The media type alone decides; parameters such as charset change nothing, for JSON is always UTF-8. */
const JSON_TYPE = /^\s*application\/json\s*(;[^,]*)?$/i;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Reads bodies as strict JSON. Zero bytes are no body, whatever Content-Type says: they are read as `{}`, so that a
 * route without required fields serves the request, and another one names the fields that are missing. Any other media
 * type with at least one byte is 415. To be called before the first route is registered.
 */
export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    // Fastify refuses a media type that it cannot parse before it looks for a body.
    if (headers['content-type'] === undefined) return done();
    if (JSON_TYPE.test(headers['content-type'])) headers['content-type'] = 'application/json';
    else delete headers['content-type'];
    done();
  });
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, bytes, done) =>
    answer(done, () => readJson(bytes)),
  );
  server.addContentTypeParser('*', (request, stream: IncomingMessage, done) => {
    if (request.is404) return done(null);
    expectNothing(stream, done);
  });
}

function answer(done: Done, read: () => unknown): void {
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

/** Waits only for chunks, of which there may be none. */
function expectNothing(stream: IncomingMessage, done: Done): void {
  if (Number(stream.headers['content-length'] ?? '0') > 0) return done(new MediaTypeUnsupportedError());
  const finish = (error: Error | null, body?: unknown) => {
    stream.off('data', onData).off('end', onEnd).off('error', onError);
    done(error, body);
  };
  const onData = () => finish(new MediaTypeUnsupportedError());
  const onEnd = () => finish(null, {});
  const onError = (error: Error) => finish(error);
  stream.on('data', onData).on('end', onEnd).on('error', onError);
}
