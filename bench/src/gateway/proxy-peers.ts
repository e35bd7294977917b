import { createServer } from 'node:http';
import { verifyToken } from '@clerk/backend';
import proxy from '@fastify/http-proxy';
import rateLimit from '@fastify/rate-limit';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { Pool } from 'undici';
import { type PeerOrder } from './peer-order';

/** Connections of each proxy to the upstream. */
const CONNECTIONS = 64;

/** The least that a proxy in Node can do: passes requests on by undici, with no check, limit, log or metric. */
export function passThrough({ port, upstream }: PeerOrder): void {
  const pool = new Pool(upstream, { connections: CONNECTIONS });
  createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const { connection: _, ...passed } = headers;
    const body = method === 'GET' || method === 'HEAD' ? null : request;
    pool
      .stream(
        { method, path: url, headers: passed, body, opaque: response },
        ({ statusCode, headers: received, opaque }) => {
          const { connection: __, 'keep-alive': ___, ...returned } = received;
          return opaque.writeHead(statusCode, returned);
        },
      )
      .catch(() => response.destroy());
  }).listen(port, '127.0.0.1');
}

/** A common proxy in Node today: Fastify's own proxy and rate limit, and Clerk's SDK. Logs one line for each request. */
export async function fastifyProxy({ port, upstream, jwtKey, logs }: PeerOrder): Promise<void> {
  const server = fastify();
  if (logs) {
    const logger = pino();
    server.addHook('onResponse', (request, reply, done) => {
      const { method, routeOptions } = request;
      logger.info({ method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
      done();
    });
  }
  await server.register(rateLimit, {
    max: 1_000_000_000,
    timeWindow: 60_000,
    keyGenerator: ({ headers }) => headers.authorization ?? '',
  });
  server.addHook('preHandler', async ({ headers }, reply) => {
    try {
      await verifyToken((headers.authorization ?? '').replace('Bearer ', ''), { jwtKey });
    } catch {
      await reply.code(401).send();
    }
  });
  await server.register(proxy, { upstream, undici: { connections: CONNECTIONS } });
  await server.listen({ port, host: '127.0.0.1' });
}
