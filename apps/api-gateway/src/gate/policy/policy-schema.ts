import { originList } from '@gatehouse/config';
import { roles, tiers } from '@gatehouse/contracts';
import { z } from 'zod';
import { normalizeHost } from '../path/normal-host';
import { parsePathPattern } from './path-pattern';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const SCOPE = /^[a-z][a-z0-9-]{0,62}:[a-z][a-z0-9-]{0,62}$/;
const AUDIENCE = /^[\x21-\x7e]{1,255}$/;
const MAX_ROUTES = 1_000;
const MAX_UPSTREAMS = 200;
const MAX_SCOPES = 500;
const MAX_ORIGINS = 200;
const MAX_BODY_MB = 1_048_576;

/** Methods that a route can name. `GET` includes `HEAD`. */
export const routeMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Kinds of credential that a route can accept. */
export const routeCredentials = ['bearer', 'api_key', 'cookie'] as const;

/** Rate classes of a route. They count apart from the routes of Gatehouse itself. */
export const routeRateClasses = ['read', 'write'] as const;

const audience = z
  .string()
  .regex(AUDIENCE, 'must be 1 to 255 printable characters without spaces')
  .describe('Claim `aud` of the assertions for the service. The service must verify it.');

const cors = z
  .enum(['gate', 'upstream'])
  .describe('Who answers preflights: the gate, or the service itself. Default: gate.');

const clerkCookies = z
  .enum(['strip', 'pass'])
  .describe(
    "Whether Clerk's cookies reach the service: `pass` for a service that runs Clerk's own SDK. Default: strip.",
  );

const origin = z
  .string()
  .refine((text) => !text.includes(','), 'must be one origin, such as https://app.example.com')
  .pipe(originList({ customSchemes: true }))
  .transform(([first = '']) => first);

/** Schema of one upstream: a service that the gate sends requests to. */
export const upstreamSchema = z.strictObject({
  url: z
    .string()
    .refine(isOrigin, 'must be http:// or https:// with host and port alone, such as http://orders:8080')
    .transform((url) => new URL(url).origin)
    .describe('Scheme, host and port of the service. It gets the path of the request.'),
  audience,
  timeoutMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe(
      'Time until the response must begin, and longest pause within it; milliseconds. A stream of events may pause for a minute.',
    ),
  clerkCookies: clerkCookies.default('strip'),
  identityHeaders: z
    .enum(['assertion', 'plain'])
    .default('assertion')
    .describe('`plain` adds X-Gatehouse-User-Id, -Role and -Tier, for software that cannot verify a JWT.'),
  maxConnectionMinutes: z
    .int()
    .min(1)
    .max(1_440)
    .default(60)
    .describe('Time after which a WebSocket, or a response that has not ended, is closed; minutes.'),
  cors: cors.default('gate'),
});

/** Schema of one route. */
export const routeSchema = z
  .strictObject({
    host: z
      .string()
      .refine((host) => normalizeHost(host) === host, 'must be a host name in lower case without a port')
      .optional()
      .describe('Host of the request. Without it, the route is for every host.'),
    path: z
      .string()
      .superRefine((path, context) => {
        const pattern = parsePathPattern(path);
        if ('problem' in pattern) context.addIssue({ code: 'custom', message: pattern.problem });
      })
      .describe('Path in URL form. With /* at the end, the path itself and everything below it.'),
    methods: z
      .array(z.enum(routeMethods))
      .min(1)
      .max(routeMethods.length)
      .optional()
      .describe('Methods of the request; GET includes HEAD. Without them, the route is for every method.'),
    upstream: z.string().optional().describe('Name of the upstream that gets the requests.'),
    audience: audience.optional().describe('Instead of an upstream, for a service behind forward auth alone.'),
    access: z
      .enum(['public', 'user', 'admin'])
      .describe('public: everybody. user: any active user. admin: an active user with the role admin.'),
    scope: z.string().optional().describe('Scope that an API key needs. Sessions have every scope.'),
    roles: z.array(z.enum(roles)).min(1).max(roles.length).optional().describe('Roles of users that may pass.'),
    tiers: z.array(z.enum(tiers)).min(1).max(tiers.length).optional().describe('Tiers of users that may pass.'),
    credentials: z
      .array(z.enum(routeCredentials))
      .min(1)
      .max(routeCredentials.length)
      .optional()
      .describe("Credentials that are accepted; cookie: Clerk's session cookie. Default: bearer and api_key."),
    rateClass: z.enum(routeRateClasses).default('read').describe('Rate limit that the requests count against.'),
    origins: z
      .array(origin)
      .min(1)
      .max(MAX_ORIGINS)
      .optional()
      .describe(
        'Origins whose pages may use a cookie to change something or to open a WebSocket. Default: PUBLIC_URL.',
      ),
    maxBodyMb: z
      .int()
      .min(0)
      .max(MAX_BODY_MB)
      .default(1)
      .describe('Largest body of a request to an upstream, in MiB; 0 for none.'),
    cors: cors.optional().describe('Overrides `cors` of the upstream.'),
    clerkCookies: clerkCookies.optional().describe('Overrides `clerkCookies` of the upstream.'),
  })
  .superRefine((route, context) => {
    const fault = (member: string, message: string) => context.addIssue({ code: 'custom', path: [member], message });
    if ((route.upstream === undefined) === (route.audience === undefined)) {
      fault('upstream', 'or audience is required, and not both');
    }
    if (route.access === 'public') {
      for (const member of ['scope', 'roles', 'tiers', 'credentials'] as const) {
        if (route[member] !== undefined) fault(member, 'must be absent: the route is public');
      }
    }
    if (route.access === 'admin' && route.roles !== undefined) {
      fault('roles', 'must be absent: access admin needs the role admin');
    }
    if (route.scope !== undefined && route.credentials?.includes('api_key') === false) {
      fault('scope', 'must be absent: only API keys have scopes, and credentials holds no api_key');
    }
    if (route.origins !== undefined && route.credentials?.includes('cookie') !== true) {
      fault('origins', 'must be absent: credentials holds no cookie');
    }
  });

/** Schema of the policy file. */
export const policySchema = z.strictObject({
  upstreams: z
    .record(z.string().regex(NAME, 'must be lower-case letters, digits and hyphens'), upstreamSchema)
    .refine((upstreams) => Object.keys(upstreams).length <= MAX_UPSTREAMS, `must have at most ${MAX_UPSTREAMS} entries`)
    .default({})
    .describe('Services that the gate sends requests to, by name.'),
  scopes: z
    .array(z.string().regex(SCOPE, 'must be <noun>:<verb> in lower case, such as orders:read'))
    .max(MAX_SCOPES)
    .default([])
    .describe('Scopes that API keys can hold, besides those of Gatehouse.'),
  routes: z
    .array(routeSchema)
    .max(MAX_ROUTES)
    .describe('The first route that matches decides. A request that matches none is rejected.'),
});

/** A route as the file has it. */
export type RouteEntry = z.output<typeof routeSchema>;

/** The content of a policy file. */
export type PolicyDocument = z.output<typeof policySchema>;

function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^/?#@\\\s]+\/?$/i.test(text) || !URL.canParse(text)) return false;
  return new URL(text).hostname !== '';
}
