import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';

const accessLevels = ['public', 'user', 'admin'] as const;
const rateClasses = ['docs', 'read', 'write', 'admin'] as const;

/** What a route declares about who may use it. */
export interface RouteAccess {
  /** Anybody, any active user, or users with the role admin. */
  readonly access: (typeof accessLevels)[number];
  /** `<noun>:<verb>`: what a credential with scopes needs. */
  readonly permission: `${string}:${string}`;
  /** Which rate limit it counts against. */
  readonly rateClass: (typeof rateClasses)[number];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

/** Where the OpenAPI document tells a route's declaration. */
export const ACCESS_EXTENSION = 'x-gatehouse-access';

/** Declares who may use a route. The gateway does not start while a route lacks it. */
export function Access(access: RouteAccess): MethodDecorator {
  return applyDecorators(
    RouteConfig({ access }),
    ApiExtension(ACCESS_EXTENSION, access),
    ...(access.access === 'public' ? [] : [ApiBearerAuth()]),
  );
}

/** Whether a declaration is whole: types are gone at run time, and routes of plugins never had them. */
export function isWhole(access: Partial<RouteAccess> | undefined): access is RouteAccess {
  return (
    access?.access !== undefined &&
    accessLevels.includes(access.access) &&
    /^[a-z-]+:[a-z-]+$/.test(access.permission ?? '') &&
    access.rateClass !== undefined &&
    rateClasses.includes(access.rateClass)
  );
}
