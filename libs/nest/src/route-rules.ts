import { type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { type Reflector } from '@nestjs/core';

const PUBLIC = '@gatehouse/nest:public';
const ROLES = '@gatehouse/nest:roles';
const TIERS = '@gatehouse/nest:tiers';
const SCOPES = '@gatehouse/nest:scopes';

/** At least one value: without any, nobody could use the route. */
type OneOrMore = readonly [string, ...string[]];

/**
 * Opens a route, or all routes of a controller, to requests without a caller. An assertion is not verified there.
 * Without effect where the route itself has `@Roles`, `@Tiers` or `@Scopes`.
 */
export function Public(): CustomDecorator {
  return SetMetadata(PUBLIC, true);
}

/** Admits callers with one of these roles: `user`, `developer`, `admin`. On a route, it replaces that of the controller. */
export function Roles(...roles: OneOrMore): CustomDecorator {
  return SetMetadata(ROLES, roles);
}

/** Admits callers with one of these tiers: `free`, `pro`, `enterprise`. On a route, it replaces that of the controller. */
export function Tiers(...tiers: OneOrMore): CustomDecorator {
  return SetMetadata(TIERS, tiers);
}

/**
 * Admits API keys with all of these scopes, such as `orders:write`; sessions have every scope. On a route, it replaces
 * that of the controller.
 */
export function Scopes(...scopes: OneOrMore): CustomDecorator {
  return SetMetadata(SCOPES, scopes);
}

/** Rules of one route. */
export interface RouteRules {
  readonly isPublic: boolean;
  readonly roles: readonly string[] | undefined;
  readonly tiers: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
}

/** Reads the rules of the route that a request is for. Those of the route replace those of its controller, one by one. */
export function routeRules(reflector: Reflector, context: ExecutionContext): RouteRules {
  const [route, controller] = [context.getHandler(), context.getClass()];
  const read = <Value>(key: string) => reflector.getAllAndOverride<Value | undefined>(key, [route, controller]);
  const demands = (place: typeof route | typeof controller) =>
    [ROLES, TIERS, SCOPES].some((key) => reflector.get<unknown>(key, place) !== undefined);
  const isOpened = (place: typeof route | typeof controller) => reflector.get<unknown>(PUBLIC, place) === true;
  return {
    isPublic: !demands(route) && (isOpened(route) || (isOpened(controller) && !demands(controller))),
    roles: read(ROLES),
    tiers: read(TIERS),
    scopes: read(SCOPES),
  };
}
