/** A secret that signs beside the current one until its time is over. */
export interface PreviousSecret {
  readonly secret: string;
  /** ms since 1970 */
  readonly expires_at: number;
}

/** Where webhooks go; times in ms since 1970. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Types it wants, `user.*` being all that begin with `user.`; none means all. */
  readonly event_types: readonly string[];
  readonly enabled: boolean;
  /** Why it is not enabled: by hand, or because nothing got through for days. */
  readonly disabled_reason: 'manual' | 'failing' | null;
  readonly disabled_at: number | null;
  /** Since when every attempt has failed; null while one succeeds. */
  readonly failing_since: number | null;
  readonly secret: string;
  readonly previous_secrets: readonly PreviousSecret[];
  readonly created_at: number;
  readonly updated_at: number;
  /** `config` comes from WEBHOOK_URLS at every start, `api` from the control API. */
  readonly source: 'config' | 'api';
}

/** True when the list is empty or names the type, as it stands or by a wildcard. */
export function wantsType(eventTypes: readonly string[], type: string): boolean {
  return (
    eventTypes.length === 0 ||
    eventTypes.some(
      (wanted) => wanted === '*' || wanted === type || (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1))),
    )
  );
}

/** The secrets that sign at `now`, the current one first. */
export function signingSecrets(endpoint: Endpoint, now: number): string[] {
  return [endpoint.secret, ...endpoint.previous_secrets.filter((p) => p.expires_at > now).map((p) => p.secret)];
}
