'use client';
import { useActionState } from 'react';
import { setRole } from '@/app/admin/set-role';
import { type UserRole, userRoles } from '@/permissions/general';

/** Changes the role of a user by a server action. */
export function RoleForm({ id, name, role }: { readonly id: string; readonly name: string; readonly role: UserRole }) {
  const [fault, action, isPending] = useActionState(setRole.bind(null, id), '');
  return (
    <form className="row" action={action}>
      {/* The key: a select keeps its first default otherwise. */}
      <select name="role" aria-label={`Role of ${name}`} defaultValue={role} key={role}>
        {userRoles.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <button disabled={isPending}>Save</button>
      <p role="alert">{fault}</p>
    </form>
  );
}
