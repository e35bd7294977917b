/** A former secret, which signs beside the current one until it expires. */
interface PreviousSecret {
  readonly secret: string;
  /** ms since 1970 */
  readonly expires_at: number;
}

/** A webhook endpoint; times in ms since 1970. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Event types that the endpoint subscribes to; `user.*` is every type that begins with `user.`. Empty: all types. */
  readonly event_types: readonly string[];
  readonly enabled: boolean;
  /** Why the endpoint is disabled: `manual` by a request, `failing` because all attempts failed for days. */
  readonly disabled_reason: 'manual' | 'failing' | null;
  readonly disabled_at: number | null;
  /** Start of the current series of failed attempts; null after a success. */
  readonly failing_since: number | null;
  readonly secret: string;
  readonly previous_secrets: readonly PreviousSecret[];
  readonly created_at: number;
  readonly updated_at: number;
  /** `config`: created from WEBHOOK_URLS at every start; `api`: created by the control API. */
  readonly source: 'config' | 'api';
}

/** True when `eventTypes` is empty, or holds `type` or a wildcard such as `user.*` that matches it. */
export function subscribesTo(eventTypes: readonly string[], type: string): boolean {
  return (
    eventTypes.length === 0 ||
    eventTypes.some(
      (pattern) =>
        pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
    )
  );
}

/** Secrets that sign at `now`, the current one first. */
export function signingSecrets(endpoint: Endpoint, now: number): string[] {
  return [endpoint.secret, ...endpoint.previous_secrets.filter((p) => p.expires_at > now).map((p) => p.secret)];
}
