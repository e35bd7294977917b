import { OriginList } from '@gatehouse/config';
import { RequestInvalidError } from '../errors';
import { fieldFault } from '../problems/field-faults';
import { type PathFault, pathFaults } from './path/normal-path';
import { type Policy } from './policy/policy';
import { type Route } from './policy/route';
import { type RouteRules } from './route-rules';

const MAX_SUBJECT = 200;
const UNKNOWN = 'unknown';

/** Name of a route of the policy in logs, metrics and the audit log. */
export function nameOf({ host, path }: Route): string {
  return `${host ?? ''}${path}`;
}

/** Name of a route in the metrics and logs of an edge; of requests without a route, if it is undefined. */
export function labelOf(edge: 'proxy' | 'forward-auth', name = UNKNOWN): string {
  return `${edge} ${name}`;
}

/** Returns a function that says whether a label of the metrics names a route which the policy does not have. */
export function missingFrom({ routes }: Policy): (label: string) => boolean {
  const names = new Set([UNKNOWN, ...routes.map(nameOf)]);
  return (label) => {
    const [, name] = /^(?:proxy|forward-auth) (.*)$/.exec(label) ?? [];
    return name !== undefined && !names.has(name);
  };
}

/**
 * The rules of a route of the policy.
 * @param defaultOrigin origin whose pages may use a cookie on routes that list no origins
 */
export function rulesOfRoute(route: Route, defaultOrigin: string): RouteRules {
  const { access, scope = null, roles = null, tiers = null, credentials, rateClass, origins } = route;
  return {
    ...{ access, scope, roles, tiers, credentials: [...credentials] },
    subject: nameOf(route).slice(0, MAX_SUBJECT),
    cookieOrigins: new OriginList(origins ?? [defaultOrigin]),
    acceptsConsole: false,
    rateClass: `gate-${rateClass}`,
  };
}

/** The error for a `Host` header that is no host. */
export function hostInvalid(): RequestInvalidError {
  return new RequestInvalidError([fieldFault('header', ['Host'], 'must be one host')]);
}

/** The error for a path that servers may read differently. */
export function pathInvalid(fault: PathFault): RequestInvalidError {
  return new RequestInvalidError([fieldFault('path', [], pathFaults[fault])]);
}

/** The error for a path that resembles that of a route in another spelling. */
export function pathAmbiguous(): RequestInvalidError {
  const message = 'resembles the path of a route in another spelling, and servers may read both alike';
  return new RequestInvalidError([fieldFault('path', [], message)]);
}
