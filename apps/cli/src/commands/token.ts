import { Command } from '@commander-js/extra-typings';
import { mintToken } from '../emulator/mint-token';
import { type Run } from './command-options';

/** `gatehouse token`. */
export function tokenCommand(run: Run): Command {
  return new Command('token')
    .description('print a session token of a user of the Clerk emulator; valid for a minute')
    .argument('<user>', 'e-mail address, or Clerk id (user_…)')
    .addHelpText(
      'after',
      '\nNeeds CLERK_API_URL and CLERK_SECRET_KEY, as user-sync has them. Not for Clerk in production.',
    )
    .action((user) =>
      run(async ({ io }) => void io.stdout.write(`${await mintToken(user, io)}\n`)),
    ) as unknown as Command;
}
