import { type GatehouseError, type Schemas } from '@gatehouse/client';
import { usePage } from './context';
import { usePersonal } from './use-personal';

/** A list that only changes when somebody acts on it, and is fetched again after that. */
interface Fetched<Entry> {
  readonly entries: readonly Entry[];
  readonly isLoading: boolean;
  readonly error: GatehouseError | null;
  readonly refresh: () => Promise<void>;
}

/** What {@link useApiKeys} returns. */
export interface ApiKeys extends Fetched<Schemas['ApiKey']> {
  /** Creates a key. The returned `key` is shown this once. */
  readonly create: (draft: Schemas['ApiKeyDraft']) => Promise<Schemas['NewApiKey']>;
  readonly revoke: (id: string) => Promise<void>;
}

/** What {@link useSessions} returns. */
export interface Sessions extends Fetched<Schemas['Session']> {
  /** Ends one session of the person: signs another device out. */
  readonly end: (id: string) => Promise<void>;
  /** Signs every other device out. */
  readonly endOthers: () => Promise<void>;
  /** Signs every device out, this one too. */
  readonly signOutEverywhere: () => Promise<void>;
}

/** Returns the API keys of the person who is signed in, creates and revokes them. */
export function useApiKeys(): ApiKeys {
  const { gatehouse } = usePage().signIn;
  const fetched = useFetched('api-keys', async (signal) => {
    const keys: Schemas['ApiKey'][] = [];
    for await (const key of gatehouse.list('/api/keys', { signal })) keys.push(key);
    return keys;
  });
  const { refresh } = fetched;
  return {
    ...fetched,
    create: async (draft) => {
      const { data } = await gatehouse.POST('/api/keys', { body: draft });
      await refresh();
      return data;
    },
    revoke: async (id) => {
      await gatehouse.DELETE('/api/keys/{id}', { params: { path: { id } } });
      await refresh();
    },
  };
}

/** Returns the sessions of the person who is signed in, on every device, and ends them. */
export function useSessions(): Sessions {
  const { signIn, signOut } = usePage();
  const { gatehouse } = signIn;
  const fetched = useFetched('sessions', async (signal) => {
    const { data } = await gatehouse.GET('/api/auth-sessions', { signal });
    return data.items;
  });
  const { refresh } = fetched;
  return {
    ...fetched,
    end: async (id) => {
      await gatehouse.DELETE('/api/auth-sessions/{id}', { params: { path: { id } } });
      await refresh();
    },
    endOthers: async () => {
      await gatehouse.DELETE('/api/auth-sessions', { params: { query: { keepCurrent: true } } });
      await refresh();
    },
    signOutEverywhere: async () => {
      await gatehouse.DELETE('/api/auth-sessions');
      await signOut();
    },
  };
}

function useFetched<Entry>(key: string, fetch: (signal: AbortSignal) => Promise<readonly Entry[]>): Fetched<Entry> {
  const { signIn } = usePage();
  const { data, error, isLoading } = usePersonal([key], fetch);
  const refresh = () => signIn.queries.invalidateQueries({ queryKey: [key] });
  return { entries: data ?? [], isLoading, error, refresh };
}
