import { type FastifyRequest } from 'fastify';

/** The path of a request without its query, decoded as the router decodes it: `/v1/%75sers` is `/v1/users`. */
export function requestPath(request: Pick<FastifyRequest, 'url'>): string {
  const path = request.url.split('?', 1)[0] ?? '';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
