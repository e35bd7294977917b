import { writeFileSync } from 'node:fs';

/** Host of the requests about which a proxy asks. */
const HOST = 'shop.example.com';

/** Path of a request that the last route of each policy matches. */
const GUARDED_PATH = '/guarded/1';
/** Path of a request to the upstream. */
export const PROXIED_PATH = '/proxied/1';

/** Header lines with which nginx asks about a GET of the guarded path. */
export const askedByNginx = `X-Original-Method: GET\r\nX-Original-URL: http://${HOST}${GUARDED_PATH}\r\n`;

/** A policy with `routes` routes, the last of which is the guarded one, and one route to an upstream before them. */
export function writePolicy(file: string, routes: number, upstreamPort: number): void {
  const others = Array.from({ length: routes - 1 }, (_, index) => ({
    path: `/area-${index}/*`,
    audience: 'bench',
    access: 'user',
    roles: ['developer', 'admin'],
  }));
  const policy = {
    upstreams: { bench: { url: `http://127.0.0.1:${upstreamPort}`, audience: 'bench' } },
    routes: [
      { path: '/proxied/*', upstream: 'bench', access: 'user' },
      ...others,
      { path: '/guarded/*', audience: 'bench', access: 'user' },
    ],
  };
  writeFileSync(file, JSON.stringify(policy));
}
