import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request';

type Headers = readonly (readonly [name: string, value: string])[];

/** What a proxy would do with a request. */
interface ProxiedRequest {
  /** The answer of the gateway, as the client would get it if it is a refusal. */
  readonly answer: Pick<RawAnswer, 'status' | 'headers'>;
  /** The headers that the service would get; undefined if it would get no request. */
  readonly passed: Headers | undefined;
}

/**
 * Asks the gateway about a request as a proxy does that we do not run, with the configuration that our documentation
 * shows and by the rules of the proxy's own documentation.
 */
export type DocumentedProxy = (asks: string, request: RawRequest) => Promise<ProxiedRequest>;

const CLIENT = '203.0.113.9';

function configurationOf(proxy: 'traefik' | 'envoy'): unknown {
  const page = join(__dirname, `../../../../docs/how-to/protect-a-service-with-${proxy}.md`);
  const [, text = ''] = / *```yaml\n([^]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
  return parse(text.replace(/^ {3}/gm, ''));
}

const without = (headers: Headers, names: readonly string[]): Headers => {
  const deleted = names.map((name) => name.toLowerCase());
  return headers.filter(([name]) => !deleted.includes(name.toLowerCase()));
};

interface TraefikConfiguration {
  readonly http: {
    readonly middlewares: {
      readonly 'gatehouse-inbound': { readonly headers: { readonly customRequestHeaders: Record<string, string> } };
      readonly gatehouse: { readonly forwardAuth: { readonly authResponseHeaders: readonly string[] } };
      readonly 'gatehouse-outbound': { readonly headers: { readonly customRequestHeaders: Record<string, string> } };
    };
  };
}

/** @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/forwardauth/ */
export const traefik: DocumentedProxy = async (asks, { method = 'GET', path = '/', headers = [] }) => {
  const { middlewares } = (configurationOf('traefik') as TraefikConfiguration).http;
  const deleted = (middleware: 'gatehouse-inbound' | 'gatehouse-outbound') =>
    Object.keys(middlewares[middleware].headers.customRequestHeaders);
  // The entry point deletes what untrusted clients say in these, and hop-by-hop headers.
  const forwarded = ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port', 'X-Real-Ip'];
  const inbound = without(without(headers, forwarded), deleted('gatehouse-inbound'));
  const answer = await sendRaw(asks, {
    path: '/forward-auth',
    headers: [
      ...without(inbound, ['Connection', 'Upgrade', 'Host', 'Content-Length', 'Transfer-Encoding']),
      ...[['X-Forwarded-Method', method] as const, ['X-Forwarded-Proto', 'https'] as const],
      ...[['X-Forwarded-Host', 'api.example.com'] as const, ['X-Forwarded-Uri', path] as const],
      ...[['X-Forwarded-Port', '443'] as const, ['X-Forwarded-For', CLIENT] as const, ['X-Real-Ip', CLIENT] as const],
    ],
  });
  if (answer.status < 200 || answer.status > 299) return { answer, passed: undefined };
  const copied = middlewares.gatehouse.forwardAuth.authResponseHeaders;
  const identity = copied.map((name) => [name, answer.headers[name.toLowerCase()] ?? ''] as const);
  return { answer, passed: without([...without(inbound, copied), ...identity], deleted('gatehouse-outbound')) };
};

interface Patterns {
  readonly patterns: readonly { readonly exact?: string; readonly prefix?: string }[];
}

interface ConnectionManager {
  readonly early_header_mutation_extensions: readonly [
    { readonly typed_config: { readonly mutations: readonly { readonly remove: string }[] } },
  ];
  readonly http_filters: readonly [
    {
      readonly typed_config: {
        readonly allowed_headers: Patterns;
        readonly http_service: {
          readonly path_prefix: string;
          readonly authorization_response: { readonly allowed_upstream_headers: Patterns };
        };
      };
    },
  ];
  readonly route_config: {
    readonly virtual_hosts: readonly [{ readonly request_headers_to_remove: readonly string[] }];
  };
}

interface EnvoyConfiguration {
  readonly static_resources: {
    readonly listeners: readonly [
      {
        readonly filter_chains: readonly [
          { readonly filters: readonly [{ readonly typed_config: ConnectionManager }] },
        ];
      },
    ];
  };
}

/** @see https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/ext_authz/v3/ext_authz.proto */
export const envoy: DocumentedProxy = async (asks, { method = 'GET', path = '/', headers = [] }) => {
  const { listeners } = (configurationOf('envoy') as EnvoyConfiguration).static_resources;
  const manager = listeners[0].filter_chains[0].filters[0].typed_config;
  // headers_with_underscores_action: REJECT_REQUEST
  if (headers.some(([name]) => name.includes('_'))) return { answer: { status: 400, headers: {} }, passed: undefined };
  const removed = manager.early_header_mutation_extensions[0].typed_config.mutations.map(({ remove }) => remove);
  // use_remote_address
  const forwarded = [['x-forwarded-for', CLIENT] as const, ['x-forwarded-proto', 'https'] as const];
  const inbound = [...without(headers, [...removed, 'x-forwarded-for', 'x-forwarded-proto']), ...forwarded];
  const { allowed_headers: allowed, http_service: service } = manager.http_filters[0].typed_config;
  const answer = await sendRaw(asks, {
    method,
    path: `${service.path_prefix}${path}`,
    headers: [
      ...inbound.filter(([name]) => matches(allowed, name)),
      ...[['Content-Length', '0'] as const, ['x-envoy-expected-rq-timeout-ms', '2000'] as const],
    ],
  });
  // Envoy takes a 5xx for an error of its own: status_on_error.
  if (answer.status >= 500) return { answer: { status: 503, headers: {} }, passed: undefined };
  if (answer.status !== 200) return { answer, passed: undefined };
  const upstream = service.authorization_response.allowed_upstream_headers;
  const identity = Object.entries(answer.headers).filter(([name]) => matches(upstream, name));
  const names = identity.map(([name]) => name);
  const routed = manager.route_config.virtual_hosts[0].request_headers_to_remove;
  return { answer, passed: without([...without(inbound, names), ...identity], routed) };
};

function matches({ patterns }: Patterns, name: string): boolean {
  const lower = name.toLowerCase();
  return patterns.some(({ exact, prefix }) => exact === lower || (prefix !== undefined && lower.startsWith(prefix)));
}
