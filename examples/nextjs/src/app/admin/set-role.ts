'use server';
import { revalidatePath } from 'next/cache';
import { getErrorMessage } from '@gatehouse/client';
import { isUserRole } from '@/permissions/general';
import { gatehouse } from '@/services/gatehouse';

/** Changes the role of a user. Returns a text for people if that fails. The gateway checks that the caller is an admin. */
export async function setRole(id: string, _before: string, fields: FormData): Promise<string> {
  const role = fields.get('role');
  if (!isUserRole(role)) return 'Choose a role.';
  try {
    await (await gatehouse()).PUT('/admin/users/{id}/role', { params: { path: { id } }, body: { role } });
  } catch (error) {
    return getErrorMessage(error);
  }
  revalidatePath('/admin');
  return '';
}
