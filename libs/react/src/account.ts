import { type Gatehouse, GatehouseError, type Schemas, etagOf } from '@gatehouse/client';
import { type LiveProfile } from '@gatehouse/client/live';
import { type QueryClient } from '@tanstack/react-query';
import { type Change } from './changes';
import { OwnVersions } from './own-versions';

/** The profile of the person who is signed in, as `GET /api/me` shows it. */
export type Me = Schemas['Me'];
/** Fields that people can change themselves. */
export type ProfilePatch = Schemas['ProfilePatch'];

export const ME = ['me'];

type Quotas = Schemas['UserQuotas'];

/** The profile of one person. */
export class Account {
  private readonly versions = new OwnVersions();
  /** Whether versions may have gone back: then what is fetched replaces what is known. */
  private isReset = false;

  constructor(
    private readonly gatehouse: Gatehouse,
    private readonly queries: QueryClient,
  ) {}

  async fetch(signal: AbortSignal): Promise<Me> {
    const { data } = await this.gatehouse.GET('/api/me', { signal });
    const known = this.isReset ? undefined : this.queries.getQueryData<Me>(ME);
    this.isReset = false;
    const quotas = newerOf(known?.quotas ?? null, data.quotas);
    return known === undefined || known.version <= data.version ? { ...data, quotas } : { ...known, quotas };
  }

  /** Forgets which versions are known, because the stream begins anew: the database may have been restored. */
  reset(): void {
    this.isReset = true;
  }

  /** Shows a change of a quota that the stream brings. */
  applyQuota<Kind extends keyof Quotas>(kind: Kind, quota: Quotas[Kind]): void {
    const known = this.queries.getQueryData<Me>(ME);
    if (known === undefined) return;
    // The gateway does not wait long for quotas, so the profile can be without them.
    if (known.quotas === null) {
      // Changes can follow each other faster than a response arrives: each would cancel the request of the one before.
      return void this.queries.invalidateQueries({ queryKey: ME }, { cancelRefetch: false });
    }
    const quotas = newerOf(known.quotas, { ...known.quotas, [kind]: quota });
    this.queries.setQueryData<Me>(ME, { ...known, quotas });
  }

  /** Shows a change that the stream brings. It has not all fields: the others are fetched. */
  apply({ version, data }: Change<LiveProfile>): void {
    const known = this.queries.getQueryData<Me>(ME);
    if (known === undefined || data === null || known.version >= version) return;
    this.queries.setQueryData<Me>(ME, { ...known, ...data, version });
    void this.queries.invalidateQueries({ queryKey: ME });
  }

  /**
   * Changes the profile, unless somebody else has changed it since `seen`.
   * @throws GatehouseError
   */
  async update(patch: ProfilePatch, seen: number): Promise<void> {
    const version = this.versions.latest('me', seen);
    const header = { 'If-Match': etagOf({ version }) };
    const { data } = await this.gatehouse.PATCH('/api/me', { params: { header }, body: patch });
    this.versions.replaced('me', version, data.version);
    // What is fetched meanwhile can be older than this edit.
    this.isReset = false;
    this.queries.setQueryData<Me>(
      ME,
      (known) => known && (known.version > data.version ? known : { ...known, ...data }),
    );
  }
}

/** Of each quota the newer state. Without new ones, the old ones stay. */
function newerOf(known: Quotas | null, fetched: Quotas | null): Quotas | null {
  if (known === null || fetched === null) return fetched ?? known;
  const newer = <Quota extends { readonly version?: number }>(old: Quota, fresh: Quota) =>
    (old.version ?? 0) > (fresh.version ?? 0) ? old : fresh;
  return { tokens: newer(known.tokens, fetched.tokens), uploads: newer(known.uploads, fetched.uploads) };
}

/** Whether the gateway refuses the person, rather than being out of reach. */
export function isRefusal(error: unknown): error is GatehouseError {
  return error instanceof GatehouseError && (error.status === 401 || error.status === 403);
}
