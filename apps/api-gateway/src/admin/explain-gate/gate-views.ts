import { roles, tiers } from '@gatehouse/contracts';
import { z } from 'zod';
import { type GatewayConfig } from '../../config';
import { type RouteExplanation, type RouteReason, routeReasons } from '../../gate/policy/explain-route';
import { type RequestExplanation, gateOutcomes } from '../../gate/policy/explain-request';
import { type PolicyFile } from '../../gate/policy/policy-file';
import { routeCredentials } from '../../gate/policy/policy-schema';
import { type Route } from '../../gate/policy/route';
import { named } from '../../openapi/named';

const accessLevels = ['public', 'user', 'admin'] as const;
const reasons = Object.keys(routeReasons) as [RouteReason, ...RouteReason[]];

/** Response of `GET /admin/gate`. */
export const gatePolicySchema = named(
  'GatePolicy',
  z.object({
    sha256: z
      .string()
      .nullable()
      .describe('SHA-256 of the policy in use, as `gate:check` prints it; null without one.'),
    loadedAt: z.iso.datetime().nullable().describe('When this gateway took it into use.'),
    routes: z.object({
      public: z.int().nonnegative(),
      user: z.int().nonnegative(),
      admin: z.int().nonnegative(),
    }),
    upstreams: z.array(z.string()),
    scopes: z.array(z.string()),
    rejected: z
      .object({ since: z.iso.datetime(), problem: z.string() })
      .nullable()
      .describe('Why a newer content of the file is not in use; null if there is none.'),
  }),
);

/** A route of the policy with its defaults. */
const gateRouteSchema = named(
  'GateRoute',
  z.object({
    index: z.int().nonnegative().describe('Place in the file, from 0.'),
    host: z.string().nullable().describe('null: every host.'),
    path: z.string(),
    methods: z.array(z.string()).nullable().describe('null: every method.'),
    upstream: z.string().nullable().describe('null: a service behind forward auth alone.'),
    audience: z.string(),
    access: z.enum(accessLevels),
    scope: z.string().nullable().describe('Scope that an API key needs.'),
    roles: z.array(z.enum(roles)).nullable(),
    tiers: z.array(z.enum(tiers)).nullable(),
    credentials: z.array(z.enum(routeCredentials)),
    rateClass: z.enum(['gate-read', 'gate-write']),
  }),
);

/** A route that was compared with the request. */
const triedRouteSchema = named(
  'TriedRoute',
  z.object({
    index: z.int().nonnegative(),
    host: z.string().nullable(),
    path: z.string(),
    reason: z.enum(reasons),
    detail: z.string(),
  }),
);

/** Response of `GET /admin/gate/explain`. */
export const gateExplanationSchema = named(
  'GateExplanation',
  z.object({
    outcome: z.enum(gateOutcomes),
    detail: z.string(),
    route: gateRouteSchema.nullable().describe('The route that decides; null if none does.'),
    cookie: z
      .object({
        origins: z
          .array(z.string())
          .describe('Origins whose pages may use it for more than GET and HEAD of the same origin.'),
        signInUrl: z
          .string()
          .nullable()
          .describe('Where a navigation without a session is sent; null: it gets 401, because SIGN_IN_URL is not set.'),
      })
      .nullable()
      .describe("What holds for Clerk's session cookie; null if the route does not accept it."),
    tried: z.array(triedRouteSchema).describe('The routes up to the one that decides; all of them if none does.'),
    policy: gatePolicySchema,
  }),
);

/** Describes the policy in use. */
export function policyView({ policy, loaded, rejected }: PolicyFile): z.output<typeof gatePolicySchema> {
  const { routes, upstreams, scopes } = policy.current;
  const countOf = (access: Route['access']) => routes.filter((route) => route.access === access).length;
  return {
    sha256: loaded?.sha256 ?? null,
    loadedAt: loaded?.at.toISOString() ?? null,
    routes: { public: countOf('public'), user: countOf('user'), admin: countOf('admin') },
    upstreams: upstreams.map(({ name }) => name),
    scopes: [...scopes],
    rejected: rejected === undefined ? null : { since: rejected.since.toISOString(), problem: rejected.problem },
  };
}

/** Describes what becomes of a request. */
export function explanationView(
  { outcome, detail, route, tried }: RequestExplanation,
  { gate, publicUrl, signInUrl }: Pick<GatewayConfig, 'gate' | 'publicUrl' | 'signInUrl'>,
): z.output<typeof gateExplanationSchema> {
  return {
    ...{ outcome, detail },
    route: route === undefined ? null : routeView(route),
    cookie:
      route?.credentials.has('cookie') === true
        ? { origins: [...(route.origins ?? [new URL(publicUrl).origin])], signInUrl: signInUrl ?? null }
        : null,
    tried: tried.map(triedView),
    policy: policyView(gate),
  };
}

function routeView(route: Route): z.output<typeof gateRouteSchema> {
  const { index, host = null, path, methods, upstream, audience, access, scope = null } = route;
  const { roles: ofRoles, tiers: ofTiers, credentials, rateClass } = route;
  return {
    ...{ index, host, path, audience, access, scope },
    methods: methods === undefined ? null : [...methods],
    upstream: upstream?.name ?? null,
    roles: ofRoles === undefined ? null : [...ofRoles],
    tiers: ofTiers === undefined ? null : [...ofTiers],
    credentials: [...credentials],
    rateClass: `gate-${rateClass}`,
  };
}

function triedView({ route, reason }: RouteExplanation['routes'][number]): z.output<typeof triedRouteSchema> {
  const { index, host = null, path } = route;
  return { ...{ index, host, path, reason }, detail: routeReasons[reason] };
}
