import { type RouteRules } from '../route-rules';

/** A route of the policy, as forward auth needs it. */
export interface ProtectedRoute {
  /** Name in logs and metrics. */
  readonly name: string;
  readonly rules: RouteRules;
  /** Claim `aud` of the assertions for the service behind the route. */
  readonly audience: string;
  /** Whether refusals tell the origins of `CORS_ORIGINS` and of the route that their pages may read them. */
  readonly cors: 'gate' | 'upstream';
  /** Whether Clerk's cookies reach the service. */
  readonly clerkCookies: 'strip' | 'pass';
}
