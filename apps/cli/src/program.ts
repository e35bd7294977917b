import { Command, CommanderError } from '@commander-js/extra-typings';
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
import { keysCommand } from './commands/keys';
import { profileCommand } from './commands/profile';
import { reconcileCommand } from './commands/reconcile';
import { rejectedCommand } from './commands/rejected';
import { statusCommand } from './commands/status';
import { usersCommand } from './commands/users';
import { writeBacksCommand } from './commands/write-backs';
import { exitCodes } from './exit-codes';
import { type Io } from './io';
import { reportError } from './report-error';
import { Session } from './session';

const HELP = `
Which gateway, in this order:
  --profile NAME, or GATEHOUSE_PROFILE         a stored deployment (gatehouse profile --help)
  --url URL, or GATEHOUSE_URL                  with GATEHOUSE_API_KEY, GATEHOUSE_TOKEN, or GATEHOUSE_TOKEN_COMMAND
  the profile in use

Exit codes: 0 done, 1 refused or failed, 2 wrong arguments or settings, 3 not allowed, 4 not found, 5 unavailable,
6 doctor has findings, 130 interrupted or not confirmed. Colours: NO_COLOR and FORCE_COLOR.`;

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
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  const run: Run = async (work) => {
    const session = new Session(io, program.opts());
    await work(session);
    exitCode = session.exitCode;
  };
  const commands = [
    ...[statusCommand, doctorCommand, eventsCommand, rejectedCommand, usersCommand, reconcileCommand, conflictsCommand],
    ...[collisionsCommand, writeBacksCommand, keysCommand, auditCommand, gateCommand, gatewaysCommand, consoleCommand],
    profileCommand,
  ];
  for (const command of commands) program.addCommand(inherit(program, command(run)));
  program.addCommand(inherit(program, completionCommand(run, program)));
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
