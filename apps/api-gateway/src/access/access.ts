import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { type RateClass, rateClasses } from '../limits/rate-limits';
import { type RouteInput, inputOf } from './route-input';

const accessLevels = ['public', 'clerk-session', 'browser-session', 'user', 'admin'] as const;
const credentialKinds = ['any', 'session'] as const;
const scopeNeeds = ['permission', 'none'] as const;

/** Access declaration of a route. */
export interface RouteAccess {
  /**
   * - `public`: no credential
   * - `clerk-session`: a verified Clerk session, whose user may not exist in Gatehouse yet
   * - `browser-session`: a browser navigation, with a verified Clerk session or signed out
   * - `user`: any active user
   * - `admin`: an active user with the role admin
   */
  readonly access: (typeof accessLevels)[number];
  /** Permission that the route needs: `<noun>:<verb>`. An API key needs a scope that grants the permission. */
  readonly permission: `${string}:${string}`;
  /** Requests of the route count against the rate limit of this class. */
  readonly rateClass: RateClass;
  /** `session`: the route rejects API keys. */
  readonly credential?: (typeof credentialKinds)[number];
  /**
   * Set for routes that people open in a browser, such as `/docs`, whatever credential they need. These routes ignore
   * unknown query parameters, because Clerk and other services append parameters of their own to links. Other routes
   * reject them.
   */
  readonly navigation?: true;
  /** `none`: an API key needs no scope, because the route shows only the caller's credential or public data. */
  readonly scope?: (typeof scopeNeeds)[number];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
    input?: RouteInput;
  }
}

/** OpenAPI extension that contains the access declaration of an operation. */
export const ACCESS_EXTENSION = 'x-gatehouse-access';

/** Name of the OpenAPI security scheme of API keys. */
export const API_KEY_SCHEME = 'apiKey';

/** Name of the OpenAPI security scheme of Clerk's session cookie. */
export const SESSION_COOKIE_SCHEME = 'sessionCookie';

/** Declares who may use a route. The gateway does not start if a route lacks this declaration. */
export function Access(access: RouteAccess): MethodDecorator {
  return (target, handler, descriptor) =>
    // Parameter decorators run before method decorators, so `inputOf` finds the parameters of the handler.
    declare(access, inputOf(target.constructor, handler))(target, handler, descriptor);
}

function declare(access: RouteAccess, input: RouteInput): MethodDecorator {
  const needsUser = access.access === 'user' || access.access === 'admin';
  return applyDecorators(
    RouteConfig({ access, input }),
    ApiExtension(ACCESS_EXTENSION, access),
    ...(access.access === 'public' ? [] : [ApiBearerAuth()]),
    ...(access.access === 'browser-session' ? [ApiSecurity(SESSION_COOKIE_SCHEME), ApiSecurity({})] : []),
    ...(needsUser && access.credential !== 'session' ? [ApiSecurity(API_KEY_SCHEME)] : []),
  );
}

/**
 * Whether a declaration is complete. Checked at run time, because the compiler does not check routes that plugins of
 * Fastify register.
 */
export function isComplete(access: Partial<RouteAccess> | undefined): access is RouteAccess {
  return (
    access?.access !== undefined &&
    accessLevels.includes(access.access) &&
    /^[a-z-]+:[a-z-]+$/.test(access.permission ?? '') &&
    access.rateClass !== undefined &&
    rateClasses.includes(access.rateClass) &&
    credentialKinds.includes(access.credential ?? 'any') &&
    scopeNeeds.includes(access.scope ?? 'permission')
  );
}
