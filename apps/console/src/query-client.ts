import { GatehouseError } from '@gatehouse/client';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { SESSION_KEY } from './session/session';

/** What was read, kept while the page is open. A 401 makes the console ask again whether it is signed in. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof GatehouseError && error.status === 401) {
        void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
      }
    },
  }),
  // The client repeats what can be repeated safely. A list of many pages would read all of them at each focus.
  defaultOptions: { queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: false } },
});
