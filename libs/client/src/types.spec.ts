import { type Gatehouse, type Schemas, createGatehouse } from './index';
import { type LiveChange } from './live';

/** Whether two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Fails to compile unless a value has exactly the type. */
const expectType =
  <Expected>() =>
  <Actual>(_value: Actual, _isSame: Same<Actual, Expected>): void =>
    undefined;

/** Never called: the compiler checks it. */
export async function typed(gatehouse: Gatehouse): Promise<void> {
  const me = await gatehouse.GET('/api/me');
  expectType<Schemas['Me']>()(me.data, true);
  const exchanged = await gatehouse.POST('/auth/verify-clerk-token', {
    body: { shopName: 'Print', referralCode: 'BP-1' },
  });
  expectType<string>()(exchanged.data.token, true);
  expectType<boolean>()(exchanged.data.isNewUser, true);
  const referral = await gatehouse.POST('/api/referral', { body: { code: 'BP-1' } });
  expectType<Schemas['Referral']>()(referral.data, true);
  for await (const item of gatehouse.list('/api/items', { params: { query: { sort: '-title' } } })) {
    expectType<Schemas['Item']>()(item, true);
  }
  const updated = await gatehouse.update('/api/items/{id}', { params: { path: { id: 'a' } } }, ({ title }) => ({
    title,
  }));
  expectType<Schemas['Item']>()(updated, true);

  // @ts-expect-error no such path
  await gatehouse.GET('/api/nothing');
  // @ts-expect-error the path has no such method
  await gatehouse.DELETE('/api/me');
  // @ts-expect-error live updates have no end: use followChanges
  await gatehouse.GET('/api/realtime');
  // @ts-expect-error the id is missing
  await gatehouse.GET('/api/items/{id}');
  // @ts-expect-error the body is missing
  await gatehouse.POST('/api/items');
  // @ts-expect-error a field of the body is missing
  await gatehouse.POST('/api/items', { body: {} });
  // @ts-expect-error no such field of the body
  await gatehouse.POST('/api/items', { body: { title: 'a', owner: 'b' } });
  // @ts-expect-error no such option
  await gatehouse.GET('/api/me', { retires: 1 });
  // @ts-expect-error not a value of the parameter
  gatehouse.list('/api/items', { params: { query: { sort: 'colour' } } });
  // @ts-expect-error not a list with pages
  gatehouse.list('/api/me');
  // @ts-expect-error has no version
  void gatehouse.update('/admin/users/import/{id}', { params: { path: { id: 'a' } } }, () => undefined);
  // @ts-expect-error not the type of the field
  void gatehouse.update('/api/me', {}, () => ({ city: 5 }));
  // @ts-expect-error both credentials
  createGatehouse({ baseUrl: 'https://a', apiKey: 'k', getToken: () => null });
}

/** Never called: the kind of a change tells what its data is. */
export function narrowed(change: LiveChange): string {
  if (change.kind === 'item') return change.data?.title ?? 'deleted';
  if (change.kind === 'profile') return change.data?.fullName ?? '';
  // @ts-expect-error a template and an assistant session have no title
  return change.data.title as string;
}

it('types are checked by the compiler', () => {
  expect([typed, narrowed]).toHaveLength(2);
});
