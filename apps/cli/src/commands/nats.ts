import { Command } from '@commander-js/extra-typings';
import { runProgram } from '../programs/run-program';
import { type Run } from './command-options';

const WHERE = `
Runs where stream-keeper is installed. “setup” needs NATS_URL, NATS_USER=nats-setup and NATS_PASSWORD.`;

/** `gatehouse nats`. */
export function natsCommand(run: Run): Command {
  const nats = new Command('nats').description('accounts and streams of nats-server').addHelpText('after', WHERE);
  nats
    .command('config')
    .description('print the accounts of nats-server for this release')
    .option('--passwords <path>', 'the printed file includes this one, which sets the passwords')
    .option('--output <path>', 'write the file instead of printing it')
    .action(({ passwords, output }) =>
      run((session) =>
        runProgram(session, 'stream-keeper', 'nats-config.js', [
          ...(passwords === undefined ? [] : ['--passwords', passwords]),
          ...(output === undefined ? [] : ['--output', output]),
        ]),
      ),
    );
  nats
    .command('setup')
    .description('create or change streams and consumers to the contracts of this release')
    .option('--recreate', 'also delete and create anew those that NATS refuses to change')
    .action(({ recreate }) =>
      run((session) => runProgram(session, 'stream-keeper', 'nats-setup.js', recreate === true ? ['--recreate'] : [])),
    );
  return nats;
}
