import { Command } from '@commander-js/extra-typings';
import { runProgram } from '../programs/run-program';
import { type Run } from './command-options';

const WHERE = `
Runs where user-sync is installed, with its environment: it reads the users database and asks Clerk, because nobody
can sign in as an admin yet. Later admins: gatehouse users role USER admin`;

/** `gatehouse admin`. */
export function adminCommand(run: Run): Command {
  const admin = new Command('admin')
    .description('the first admin, when nobody can act as one')
    .addHelpText('after', WHERE);
  const makeAdmin = (...args: string[]) => run((session) => runProgram(session, 'user-sync', 'make-admin.js', args));
  admin
    .command('create')
    .description('make a user an admin, now or when the user signs in for the first time')
    .argument('<e-mail>', 'an address that the user has verified at Clerk')
    .action((email) => makeAdmin(email));
  admin
    .command('promises')
    .description('list the addresses to which the role is promised')
    .action(() => makeAdmin('--list'));
  admin
    .command('cancel')
    .description('cancel the promise for an address')
    .argument('<e-mail>')
    .action((email) => makeAdmin('--cancel', email));
  return admin;
}
