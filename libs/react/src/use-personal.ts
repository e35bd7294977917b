import { type GatehouseError } from '@gatehouse/client';
import { useQuery } from '@tanstack/react-query';
import { usePage } from './context';

/** What was fetched of the person who is signed in. */
interface Personal<Data> {
  readonly data: Data | undefined;
  readonly error: GatehouseError | null;
  readonly isLoading: boolean;
}

/**
 * Fetches something of the person who is signed in, who exists at Gatehouse by then. Nothing while nobody is signed in.
 * @param key under which it is kept
 * @param refetchInterval returns the milliseconds until it is fetched again, or false
 */
export function usePersonal<Data>(
  key: readonly string[],
  fetch: (signal: AbortSignal) => Promise<Data>,
  refetchInterval?: (data: Data | undefined) => number | false,
): Personal<Data> {
  const { signIn } = usePage();
  const isSignedIn = signIn.options !== undefined;
  const { data, error, isPending } = useQuery<Data, GatehouseError>(
    {
      queryKey: key,
      queryFn: async ({ signal }) => {
        await signIn.initialise();
        return fetch(signal);
      },
      enabled: isSignedIn,
      ...(refetchInterval && {
        refetchInterval: ({ state }) => refetchInterval(state.data),
        refetchIntervalInBackground: true,
      }),
    },
    signIn.queries,
  );
  return { data, error, isLoading: isSignedIn && isPending };
}
