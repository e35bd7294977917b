import { type Schemas } from '@gatehouse/client';
import { NONE, time } from '../output/format';
import { printable } from '../output/printable';
import { type Column } from '../output/table';
import { type Session } from '../session';

type User = Schemas['AdminUser'];
type List = 'absent' | 'undoable';

/** Users that are shown before a question. */
const SHOWN = 10;

/** Columns of a list of users whom a run is about. */
export const userColumns: readonly Column<User>[] = [
  { title: 'CLERK ID', text: ({ clerkUserId }) => clerkUserId ?? NONE },
  { title: 'E-MAIL', text: ({ email }) => email ?? NONE },
  { title: 'NAME', text: ({ fullName }) => fullName || NONE },
  { title: 'ROLE', text: ({ role }) => role, style: ({ role }) => (role === 'admin' ? 'red' : undefined) },
  { title: 'LAST SIGN-IN (UTC)', text: ({ lastLoginAt }) => time(lastLoginAt) },
  { title: 'ID', text: ({ id }) => id },
];

/** Iterates over the users whom an approval of a run would delete (`absent`), or whom an undo would restore. */
export function usersOf({ gatehouse }: Session, id: string, list: List, limit: number): AsyncIterable<User> {
  return gatehouse.list('/admin/reconcile/{id}/users', { params: { path: { id }, query: { list, limit } } });
}

/** Shows whom a question is about, on standard error: all, or the first ones. */
export async function previewUsers(session: Session, id: string, list: List): Promise<void> {
  let shown = 0;
  for await (const { fullName, email, role, clerkUserId } of usersOf(session, id, list, SHOWN + 1)) {
    if (shown === SHOWN) {
      session.output.note(
        `… and more: gatehouse reconcile users ${id}${list === 'undoable' ? ' --undoable' : ''} --all`,
      );
      return;
    }
    session.io.stderr.write(`${printable(`${clerkUserId ?? NONE}  ${email ?? NONE}  ${fullName || NONE}  ${role}`)}\n`);
    shown += 1;
  }
}
