import { type Metadata } from 'next';
import { currentUser } from '@clerk/nextjs/server';
import { ItemList } from '@/components/item-list';
import { getUser, requireUser } from '@/services/current-user';
import { gatehouse } from '@/services/gatehouse';

export const metadata: Metadata = { title: 'My list' };

export default async function DashboardPage() {
  const { userId, role, source } = await requireUser('/dashboard');
  const [clerkUser, user, { data }] = await Promise.all([
    currentUser(),
    getUser(),
    gatehouse().then((gateway) => gateway.GET('/api/items')),
  ]);
  return (
    <>
      <h1>Hello {user.fullName}</h1>
      <ItemList first={data.items} />
      <section className="card">
        <h2>Who you are</h2>
        <dl>
          <dt>E-mail address at Clerk</dt>
          <dd>{clerkUser?.primaryEmailAddress?.emailAddress}</dd>
          <dt>Id in Gatehouse</dt>
          <dd>{userId}</dd>
          <dt>Role</dt>
          <dd>{role}</dd>
          <dt>Id and role come from</dt>
          <dd>{source === 'token' ? 'the session token' : 'the gateway'}</dd>
        </dl>
      </section>
    </>
  );
}
