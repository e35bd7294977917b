import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { type RateClass, rateClasses } from '../limits/rate-policy';
import { type RouteInput, inputOf } from './route-input';

const accessLevels = ['public', 'clerk-session', 'browser-session', 'user', 'admin'] as const;
const credentialKinds = ['any', 'session'] as const;
const scopeNeeds = ['permission', 'none'] as const;

/** What a route declares about who may use it. */
export interface RouteAccess {
  /**
   * Anybody; a verified Clerk session, of a user who may not exist here yet; the same out of a browser, which may be
   * signed out; any active user; users with the role admin.
   */
  readonly access: (typeof accessLevels)[number];
  /** `<noun>:<verb>`: what a credential with scopes needs. */
  readonly permission: `${string}:${string}`;
  /** Which rate limit it counts against. */
  readonly rateClass: RateClass;
  /** `session`: no API keys. */
  readonly credential?: (typeof credentialKinds)[number];
  /**
   * A page to which browsers navigate. Clerk and others append query parameters of their own to such URLs, so that
   * unknown ones are ignored; everywhere else they are rejected.
   */
  readonly navigation?: true;
  /** `none`: a key needs no scope, because the route tells only what the caller's own credential is, or what is public. */
  readonly scope?: (typeof scopeNeeds)[number];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
    input?: RouteInput;
  }
}

/** Where the OpenAPI document tells a route's declaration. */
export const ACCESS_EXTENSION = 'x-gatehouse-access';

/** The name of the API keys' security scheme in the OpenAPI document. */
export const API_KEY_SCHEME = 'apiKey';

/** Declares who may use a route. The gateway does not start while a route lacks it. */
export function Access(access: RouteAccess): MethodDecorator {
  return (target, handler, descriptor) =>
    // Parameters are decorated before their method.
    declare(access, inputOf(target.constructor, handler))(target, handler, descriptor);
}

function declare(access: RouteAccess, input: RouteInput): MethodDecorator {
  const needsUser = access.access === 'user' || access.access === 'admin';
  return applyDecorators(
    RouteConfig({ access, input }),
    ApiExtension(ACCESS_EXTENSION, access),
    ...(access.access === 'public' || access.access === 'browser-session' ? [] : [ApiBearerAuth()]),
    ...(needsUser && access.credential !== 'session' ? [ApiSecurity(API_KEY_SCHEME)] : []),
  );
}

/** Whether a declaration is whole: types are gone at run time, and routes of plugins never had them. */
export function isWhole(access: Partial<RouteAccess> | undefined): access is RouteAccess {
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

/** Whether one of a key's scopes reaches a permission; either side of a scope may be `*`. */
export function reaches(scopes: readonly string[], permission: string): boolean {
  return scopes.some((scope) => scope === permission || scope === '*:*' || reachesByHalf(scope, permission));
}

function reachesByHalf(scope: string, permission: string): boolean {
  const [noun, verb] = permission.split(':');
  return scope === `${noun}:*` || scope === `*:${verb}`;
}
