import { type Gatehouse } from '@gatehouse/client';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { Account, ME, type Me } from './account';

it('changes of a quota that the profile is without wait for one request, however many there are', async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const answers: ((me: Me) => void)[] = [];
  const GET = () => new Promise((resolve) => answers.push((data) => resolve({ data })));
  const account = new Account({ GET } as unknown as Gatehouse, queries);
  queries.setQueryData<Me>(ME, { version: 1, quotas: null } as Me);
  const observer = new QueryObserver<Me>(queries, {
    ...{ queryKey: ME, queryFn: ({ signal }) => account.fetch(signal), staleTime: Infinity },
  });
  const stop = observer.subscribe(() => undefined);
  const quota = { used: 1, version: 2 } as never;
  for (let n = 0; n < 3; n += 1) {
    account.applyQuota('tokens', quota);
    await Promise.resolve();
  }
  expect(answers).toHaveLength(1);
  answers[0]?.({ version: 1, quotas: { tokens: quota, uploads: quota } } as unknown as Me);
  while (observer.getCurrentResult().isFetching) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(queries.getQueryData<Me>(ME)?.quotas).not.toBeNull();
  stop();
  queries.clear();
});
