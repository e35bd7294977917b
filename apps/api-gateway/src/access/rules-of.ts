import { OriginList } from '@gatehouse/config';
import { type RouteRules } from '../gate/route-rules';
import { type RouteAccess } from './access';

const noOrigins = new OriginList([]);

/**
 * Returns the rules by which the gate decides on requests of a route. undefined for routes that take a Clerk session
 * whose user may not exist yet: the gate decides on users.
 */
export function rulesOf({ access, permission, rateClass, credential, scope }: RouteAccess): RouteRules | undefined {
  if (access === 'clerk-session' || access === 'browser-session') return undefined;
  return {
    access,
    subject: permission,
    scope: scope === 'none' ? null : permission,
    roles: null,
    tiers: null,
    credentials: credential === 'session' ? ['bearer'] : ['bearer', 'api_key'],
    cookieOrigins: noOrigins,
    acceptsConsole: access === 'admin',
    rateClass,
  };
}
