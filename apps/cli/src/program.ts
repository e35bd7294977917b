import { Command, CommanderError } from '@commander-js/extra-typings';
import { adminCommand } from './commands/admin';
import { auditCommand } from './commands/audit';
import { collisionsCommand } from './commands/collisions';
import { type Run } from './commands/command-options';
import { completionCommand } from './commands/completion';
import { conflictsCommand } from './commands/conflicts';
import { consoleCommand } from './commands/console';
import { doctorCommand } from './commands/doctor';
import { eventsCommand } from './commands/events';
import { gateCommand } from './commands/gate';
import { gatewaysCommand } from './commands/gateways';
import { importsCommand } from './commands/imports';
import { keysCommand } from './commands/keys';
import { natsCommand } from './commands/nats';
import { profileCommand } from './commands/profile';
import { reconcileCommand } from './commands/reconcile';
import { rejectedCommand } from './commands/rejected';
import { statsCommand } from './commands/stats';
import { statusCommand } from './commands/status';
import { tokenCommand } from './commands/token';
import { usersCommand } from './commands/users';
import { writeBacksCommand } from './commands/write-backs';
import { exitCodes } from './exit-codes';
import { type Io } from './io';
import { reportError } from './report-error';
import { Session } from './session';

const HELP = `
Where to begin:
  Is everything in order?              gatehouse doctor
  Why is a user as it is?              gatehouse users explain ada@example.com
  Apply again what failed last night   gatehouse events redrive --since 12h
  An API key is in the wrong hands     gatehouse keys list --prefix sk_prod_McZz1O, then keys revoke ID
  A role or id at Clerk is not ours    gatehouse collisions list, then collisions take or leave ID
  Users were deleted, or would be      gatehouse reconcile list, then reconcile users ID

Which gateway, in this order:
  --profile NAME, or GATEHOUSE_PROFILE         a stored deployment (gatehouse profile --help)
  --url URL, or GATEHOUSE_URL                  with GATEHOUSE_API_KEY, GATEHOUSE_TOKEN, or GATEHOUSE_TOKEN_COMMAND
  the profile in use

Exit codes: 0 done, 1 refused or failed, 2 wrong arguments or settings, 3 not allowed, 4 not found, 5 unavailable,
6 doctor has findings, 130 interrupted or not confirmed. Colours: NO_COLOR and FORCE_COLOR.`;

const SET_UP = 'Set up:';

/** All commands but `completion`, by the titles of the help. */
const groups: Readonly<Record<string, readonly ((run: Run) => Command)[]>> = {
  'The deployment:': [
    ...[statusCommand, doctorCommand, statsCommand, consoleCommand, auditCommand, gatewaysCommand, gateCommand],
  ],
  'Webhook events:': [eventsCommand, rejectedCommand],
  'Users:': [
    ...[usersCommand, keysCommand, importsCommand, reconcileCommand, conflictsCommand, collisionsCommand],
    writeBacksCommand,
  ],
  [SET_UP]: [profileCommand, adminCommand, natsCommand, tokenCommand],
};

/**
 * Runs `gatehouse` with arguments.
 * @param version shown by `--version`
 * @returns the exit code
 */
export async function runGatehouse(args: readonly string[], io: Io, version: string): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = new Command('gatehouse')
    .description('Operates Gatehouse through its admin API.')
    .version(version)
    .option('--profile <name>', 'use this stored deployment')
    .option('--url <url>', 'address of the gateway, with the credential of the environment')
    .option('--json', 'print JSON, one value per line')
    .addHelpText('after', HELP)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  const run: Run = async (work) => {
    const session = new Session(io, program.opts());
    await work(session);
    exitCode = session.exitCode;
  };
  for (const [title, commands] of Object.entries(groups)) {
    for (const command of commands) program.addCommand(inherit(program, command(run)).helpGroup(title));
  }
  program.addCommand(inherit(program, completionCommand(run, program)).helpGroup(SET_UP));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed help or what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return reportError(error, io, program.opts().json === true);
  }
}

/** Commands that are added do not get the settings of the program by themselves. */
function inherit(program: Pick<Command, 'copyInheritedSettings'>, command: Command): Command {
  command.copyInheritedSettings(program as never);
  for (const child of command.commands) inherit(command, child as Command);
  return command;
}
