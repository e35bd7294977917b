import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { nestsDeeper } from '../clerk/json';
import { ContentTypeUnsupportedError, InjectedServerError, RequestBodyInvalidError } from '../errors';
import { answerPlan } from '../inject-faults/answer-plans';
import { clerkErrorBody } from '../http/clerk-error.filter';
import { withOrigin } from '../clerk/request-origin';
import { parseBase64, parseUpload, takesUpload, UPLOAD_LIMIT_BYTES } from './upload';
import { allowPages, isFrontendApi, parseForm, restoreRequest } from './browser-requests';

const BODY_LIMIT_BYTES = 1_048_576;
/** Maximum depth of a body: deeper JSON could overflow the stack when it is serialised again. */
const DEPTH_LIMIT = 500;
/** Content-Type of responses. `@clerk/backend` parses JSON only with exactly this value, without a charset. */
const CONTENT_TYPE = 'application/json';

/** Fastify with Clerk's behaviour: JSON content type without charset, empty bodies allowed, bodies of at most 1 MiB. */
export function createFastifyAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
    rewriteUrl: restoreRequest,
    frameworkErrors: (_error: unknown, _request: FastifyRequest, reply: FastifyReply) => {
      // Framework errors, such as for a malformed URL, skip the hook `onSend`, which removes the charset from other
      // responses. The body is sent as bytes, because Fastify adds a charset only to text.
      const body = Buffer.from(JSON.stringify(clerkErrorBody(new RequestBodyInvalidError().errors)));
      void reply.status(400).header('content-type', CONTENT_TYPE).send(body);
    },
  });
  const fastify = adapter.getInstance();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Accepts an empty body: the SDK sends a JSON content type with every request, with or without a body.
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    void parseJson(request, body as string, (error, value) => {
      if (error === null && nestsDeeper(value, DEPTH_LIMIT)) done(new RequestBodyInvalidError());
      else done(error, value);
    });
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => {
    if (isFrontendApi(request.url)) done(null, parseForm(body as string));
    else done(new ContentTypeUnsupportedError());
  });
  fastify.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: UPLOAD_LIMIT_BYTES },
    (request, body, done) => {
      if (!takesUpload(request.routeOptions.url)) return done(new ContentTypeUnsupportedError());
      parseUpload(body as Buffer, request.headers['content-type'] ?? '').then(
        (fields) => done(null, fields),
        () => done(new RequestBodyInvalidError()),
      );
    },
  );
  fastify.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'string', bodyLimit: UPLOAD_LIMIT_BYTES },
    (request, body, done) => {
      if (takesUpload(request.routeOptions.url)) done(null, parseBase64(body as string));
      else done(new ContentTypeUnsupportedError());
    },
  );
  fastify.addHook('onRequest', allowPages);
  fastify.addHook('preHandler', (request, _reply, done) => {
    withOrigin({ client_ip: request.ip, user_agent: request.headers['user-agent'] ?? '' }, done);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (String(reply.getHeader('content-type')).startsWith(CONTENT_TYPE)) reply.header('content-type', CONTENT_TYPE);
    const { contentType, status } = answerPlan(request.raw);
    if (contentType !== undefined) reply.header('content-type', contentType);
    if (status === undefined) {
      done(null, payload);
      return;
    }
    const body = JSON.stringify(clerkErrorBody(new InjectedServerError(status).errors));
    reply.code(status).header('content-length', Buffer.byteLength(body));
    done(null, body);
  });
  return adapter;
}
