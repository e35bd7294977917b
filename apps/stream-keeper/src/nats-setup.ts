import '@gatehouse/node-version';
import { loadSetupConfig } from './config';
import { runSetup } from './set-up-streams/run-setup';

/** Creates or changes the streams and consumers to their contracts. */
async function main(): Promise<void> {
  process.exitCode = await runSetup(process.argv.slice(2), loadSetupConfig, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

void main();
