import { type Answer, type Schemas } from '@gatehouse/client';
import { NONE } from '../output/format';
import { printable } from '../output/printable';
import { reached } from '../output/propagation';
import { type Session } from '../session';
import { stateOf, styleOf } from './show-user';

/** A change of one user. */
interface UserChange {
  /** What is asked before it; without one, nobody is asked. */
  readonly question?: string;
  readonly yes?: true | undefined;
  /** Sends it. @param user a name of the user */
  readonly send: (user: string) => Promise<Answer<Schemas['ChangedUser']>>;
}

/** Changes a user, after a person has confirmed who is meant, and prints what became of it. */
export async function changeUser(session: Session, id: string, { question, yes, send }: UserChange): Promise<void> {
  const user = question === undefined || yes === true ? id : await confirmed(session, id, question);
  showChange(session, (await send(user)).data);
}

/**
 * Shows who is meant before asking, because a person can be named in four ways.
 * @returns what to name the user by: its id, because an address can pass to somebody else while the question is shown
 */
async function confirmed(session: Session, id: string, question: string): Promise<string> {
  const { data } = await session.gatehouse.GET('/admin/users/{id}', { params: { path: { id } } });
  session.io.stderr.write(
    `${printable(`${data.fullName || NONE}  ${data.email ?? NONE}  ${data.role}  ${data.subscription}  ${data.id}`)}\n`,
  );
  await session.confirm(question, {});
  return data.id;
}

function showChange({ output }: Session, change: Schemas['ChangedUser']): void {
  const { user, propagation } = change;
  output.record(change, [
    ['User', user.id],
    ['Role', user.role],
    ['Tier', user.subscription],
    ['State', stateOf(user), styleOf(user)],
    ['In force', reached(propagation)],
  ]);
}
