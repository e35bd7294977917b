import { type Metadata } from 'next';
import { notFound } from 'next/navigation';
import { RoleForm } from '@/components/role-form';
import { canAccessAdminPages } from '@/permissions/general';
import { requireUser } from '@/services/current-user';
import { gatehouse } from '@/services/gatehouse';

export const metadata: Metadata = { title: 'Admin' };

export default async function AdminPage() {
  const user = await requireUser('/admin');
  if (!canAccessAdminPages(user)) notFound();
  const { data } = await (await gatehouse()).GET('/admin/users');
  return (
    <>
      <h1>Users</h1>
      <section className="card">
        <ul>
          {data.items.map(({ id, fullName, email, role }) => (
            <li key={id}>
              <span>
                {fullName}
                <small>{email}</small>
              </span>
              <RoleForm id={id} name={fullName} role={role} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
