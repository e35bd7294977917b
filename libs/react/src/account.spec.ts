import { type Gatehouse } from '@gatehouse/client';
import { QueryClient } from '@tanstack/react-query';
import { Account, ME, type Me } from './account';

const quota = (version: number, used: number) => ({ version, used });
const me = (version: number, used: number) =>
  ({
    version,
    fullName: `v${version}`,
    quotas: { tokens: quota(used, used), uploads: quota(used, used) },
  }) as unknown as Me;

let atGateway: Me;
let account: Account;
let queries: QueryClient;
const fetch = async () => {
  const fetched = await account.fetch(new AbortController().signal);
  queries.setQueryData(ME, fetched);
  return fetched;
};

beforeEach(async () => {
  queries = new QueryClient();
  account = new Account({ GET: async () => ({ data: atGateway }) } as unknown as Gatehouse, queries);
  atGateway = me(5, 50);
  await fetch();
});

describe('the profile', () => {
  it('keeps what is newer than what is fetched', async () => {
    atGateway = me(4, 40);
    expect(await fetch()).toEqual(me(5, 50));
  });

  it('shows what the gateway has after the stream began anew, also if the database was restored', async () => {
    atGateway = me(4, 40);
    account.reset();
    expect(await fetch()).toEqual(me(4, 40));
    atGateway = me(3, 30);
    expect(await fetch()).toEqual(me(4, 40));
  });
});
