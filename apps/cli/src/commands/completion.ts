import { Argument, Command } from '@commander-js/extra-typings';
import { completionScript, shells } from '../completion/completion-script';
import { type Run } from './command-options';

/** `gatehouse completion`. */
export function completionCommand(run: Run, program: Command): Command {
  return new Command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell) =>
      run(async ({ io }) => void io.stdout.write(completionScript(shell, program))),
    ) as unknown as Command;
}
