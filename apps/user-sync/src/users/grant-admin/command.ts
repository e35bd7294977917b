import { z } from 'zod';
import { type AdminPromiseEntity } from '../../database/admin-promise.entity';
import { type Grant } from './grant-admin';

/** Usage text. `npm run admin --` takes the same arguments. */
export const USAGE = `usage: make-admin <e-mail>           make the user with this e-mail address an admin, now or once it is here
       make-admin --list             show the open promises
       make-admin --cancel <e-mail>  cancel the promise for this address
`;

/** A parsed command; addresses in lower case. */
export type Command = { readonly verb: 'grant' | 'cancel'; readonly email: string } | { readonly verb: 'list' };

const emailSchema = z.email().max(320).toLowerCase();

/** Parses the arguments; undefined when they are invalid. */
export function parseCommand(args: readonly string[]): Command | undefined {
  if (args.length === 1 && args[0] === '--list') return { verb: 'list' };
  const cancels = args[0] === '--cancel';
  const email = emailSchema.safeParse(args[cancels ? 1 : 0]);
  if (!email.success || args.length !== (cancels ? 2 : 1)) return undefined;
  return { verb: cancels ? 'cancel' : 'grant', email: email.data };
}

/** Message to the operator about the result of a grant. */
export function describeGrant(grant: Grant): string {
  switch (grant.result) {
    case 'granted':
      return `The user ${grant.userId} is an admin now. Every gateway learns of it within seconds.`;
    case 'already_admin':
      return `The user ${grant.userId} is already an admin.`;
    case 'promised':
      return `No such user is here yet. The first user with this address verified at Clerk becomes an admin within a minute of signing in, until ${untilOf(grant.promise)}.`;
    case 'already_promised':
      return `The admin role is already promised to this address, until ${untilOf(grant.promise)}.`;
  }
}

/** One line per open promise. */
export function describePromises(promises: readonly AdminPromiseEntity[]): string {
  if (promises.length === 0) return 'No promise is open.';
  return promises.map((promise) => `${promise.email ?? ''}  until ${untilOf(promise)}`).join('\n');
}

function untilOf({ expiresAt }: AdminPromiseEntity): string {
  return expiresAt.toISOString();
}
