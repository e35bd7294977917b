import { scopes as ownScopes } from '@gatehouse/contracts';
import { type z } from 'zod';
import { readableFault } from '../../problems/readable-fault';
import { isReserved, parsePathPattern, reservedSegments } from './path-pattern';
import { Policy } from './policy';
import { type RouteEntry, policySchema, routeSchema, upstreamSchema } from './policy-schema';
import { readPolicyText } from './policy-text';
import { type Route, type Upstream } from './route';
import { findUnreachable } from './unreachable-routes';

/** What is wrong with a policy file: the place, such as `routes[3].access`, and what is allowed; never a value. */
export type PolicyFaults = readonly string[];

/** Parses the text of a policy file, in YAML or JSON. Returns every fault. */
export function parsePolicy(text: string): Policy | { readonly faults: PolicyFaults } {
  const content = readPolicyText(text);
  if ('fault' in content) return { faults: [content.fault] };
  const document = policySchema.safeParse(content.value);
  const issues = document.error?.issues ?? [];
  const { upstreams, scopes, routes, faults } = resolve(content.value);
  const all = [...issues.flatMap(textsOf), ...faults, ...findUnreachable(routes).map(unreachableText)];
  return all.length > 0 ? { faults: all } : new Policy(routes, [...upstreams.values()], scopes);
}

/** The parts of a policy that are valid by themselves, and what is wrong with their references to each other. */
interface Resolved {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly scopes: readonly string[];
  readonly routes: readonly Route[];
  readonly faults: PolicyFaults;
}

function resolve(content: unknown): Resolved {
  const { upstreams: given, scopes: named, routes: entries } = membersOf(content);
  const upstreams = new Map<string, Upstream>();
  for (const [name, entry] of Object.entries(membersOf(given))) {
    const parsed = upstreamSchema.safeParse(entry);
    if (parsed.success) upstreams.set(name, { ...parsed.data, name });
  }
  const scopes = Array.isArray(named) ? named.filter((scope) => typeof scope === 'string') : [];
  const known = new Set([...Object.keys(ownScopes), ...scopes]);
  const faults = scopes.flatMap((scope, index) => scopeFaults(scope, index, scopes));
  const routes: Route[] = [];
  for (const [index, entry] of Array.isArray(entries) ? entries.entries() : []) {
    const parsed = routeSchema.safeParse(entry);
    if (!parsed.success) continue;
    const { upstream: name, scope } = parsed.data;
    const at = (member: string) => `routes[${index}].${member}`;
    if (name !== undefined && !Object.hasOwn(membersOf(given), name)) {
      faults.push(`${at('upstream')} is not among upstreams${listed([...upstreams.keys()])}`);
    }
    if (scope !== undefined && !known.has(scope)) {
      faults.push(`${at('scope')} is neither a scope of Gatehouse nor among scopes${listed(scopes)}`);
    }
    const route = routeOf(parsed.data, index, upstreams);
    if (name !== undefined && isReserved(route.pattern.segments) && !isRootWildcard(route)) {
      faults.push(`${at('path')} belongs to Gatehouse: / and everything in ${reservedNames} cannot have an upstream`);
    } else if (name === undefined || route.upstream !== undefined) routes.push(route);
  }
  return { upstreams, scopes, routes, faults };
}

const reservedNames = reservedSegments.map((segment) => `/${segment}`).join(', ');

function routeOf(entry: RouteEntry, index: number, upstreams: ReadonlyMap<string, Upstream>): Route {
  const upstream = entry.upstream === undefined ? undefined : upstreams.get(entry.upstream);
  const pattern = parsePathPattern(entry.path);
  const methods = entry.methods && new Set<string>(entry.methods);
  if (methods?.has('GET') === true) methods.add('HEAD');
  return {
    index,
    host: entry.host,
    path: entry.path,
    pattern: 'problem' in pattern ? { segments: [], isPrefix: false, endsWithSlash: false } : pattern,
    methods,
    upstream,
    audience: entry.audience ?? upstream?.audience ?? '',
    access: entry.access,
    scope: entry.scope,
    roles: entry.roles,
    tiers: entry.tiers,
    credentials: new Set(entry.access === 'public' ? [] : (entry.credentials ?? ['bearer', 'api_key'])),
    rateClass: entry.rateClass,
    origins: entry.origins,
    maxBodyBytes: entry.maxBodyMb * 1024 ** 2,
    cors: entry.cors ?? upstream?.cors ?? 'gate',
    clerkCookies: entry.clerkCookies ?? upstream?.clerkCookies ?? 'strip',
  };
}

function isRootWildcard({ pattern }: Route): boolean {
  return pattern.isPrefix && pattern.segments.length === 0;
}

function scopeFaults(scope: string, index: number, scopes: readonly string[]): string[] {
  if (Object.hasOwn(ownScopes, scope)) return [`scopes[${index}] is a scope of Gatehouse: leave it out`];
  const before = scopes.indexOf(scope);
  return before < index ? [`scopes[${index}] repeats scopes[${before}]`] : [];
}

function unreachableText({
  route,
  coveredBy,
}: {
  readonly route: Route;
  readonly coveredBy: readonly Route[];
}): string {
  const names = coveredBy.map(({ index }) => `routes[${index}]`).join(', ');
  const verb = coveredBy.length === 1 ? 'covers' : 'cover';
  return `routes[${route.index}] can never match: ${names} before it ${verb} all of its requests`;
}

/** One text for each fault of an issue. */
function textsOf(issue: z.core.$ZodIssue): string[] {
  const { code, path } = issue;
  if (code === 'unrecognized_keys') {
    const place = path.length === 0 ? '' : `${placeOf(path)} `;
    return issue.keys.map((key) => `${place}has an unknown member${shownName(key)}: use ${membersAt(path)}`);
  }
  if (code === 'invalid_key') {
    return issue.issues.map(({ message }) => `${placeOf(path.slice(0, -1))} has a name that ${message}`);
  }
  return [`${placeOf(path) || 'the file'} ${readableFault(issue.message)}`];
}

/** `routes[3].access` for a path of an issue. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function membersAt([section]: readonly PropertyKey[]): string {
  const { shape } = section === 'routes' ? routeSchema : section === 'upstreams' ? upstreamSchema : policySchema;
  return Object.keys(shape).join(', ');
}

/** The name of a member, unless it may be anything else that was pasted there. */
function shownName(key: string): string {
  return /^[A-Za-z][A-Za-z_-]{0,31}$/.test(key) ? ` ${key}` : '';
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? ', which are empty' : `: use one of ${names.join(', ')}`;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
