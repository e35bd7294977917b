import { text as readAll } from 'node:stream/consumers';
import { Command } from '@commander-js/extra-typings';
import { UsageError } from '../errors';
import { isInteractive } from '../io';
import { NONE } from '../output/format';
import { type Session } from '../session';
import { validUrl } from '../settings/connection';
import { type Profile, profilePath, readProfiles, writeProfiles } from '../settings/profile-file';
import { type Run } from './command-options';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** `gatehouse profile`. */
export function profileCommand(run: Run): Command {
  const profile = new Command('profile').description('deployments and their API keys, stored on this machine');

  profile
    .command('add')
    .description('store a deployment; asks for the API key, or reads it from standard input')
    .argument('<name>', 'such as production')
    .argument('<url>', 'address of its gateway')
    .option('--token-command <command>', 'a command that prints a session token, instead of an API key')
    .action((name, url, { tokenCommand }) =>
      run(async (session) => {
        if (!NAME.test(name)) throw new UsageError('<name> must be 1 to 64 letters, digits, ".", "_" or "-".');
        const stored: Profile = {
          url: validUrl(url, '<url>'),
          ...(tokenCommand === undefined ? { apiKey: await readKey(session) } : { tokenCommand }),
        };
        const path = profilePath(session.io.env);
        const { current, profiles } = readProfiles(path);
        writeProfiles(path, { current: current ?? name, profiles: { ...profiles, [name]: stored } });
        session.output.note(
          `Stored in ${path}. ${current === null ? 'It is used from now on.' : `Use it: gatehouse profile use ${name}`}`,
        );
      }),
    );

  profile
    .command('list')
    .description('list the stored deployments')
    .action(() =>
      run(async ({ io, output }) => {
        const { current, profiles } = readProfiles(profilePath(io.env));
        // Without the credential.
        const entries = Object.entries(profiles).map(([name, { url, apiKey, tokenCommand }]) => ({
          ...{ name, url, current: name === current },
          credential: apiKey !== undefined ? 'API key' : tokenCommand !== undefined ? 'token command' : NONE,
        }));
        await output.entries(
          entries,
          [
            { title: 'IN USE', text: (entry) => (entry.current ? '*' : '') },
            { title: 'NAME', text: ({ name }) => name },
            { title: 'URL', text: ({ url }) => url },
            { title: 'CREDENTIAL', text: ({ credential }) => credential },
          ],
          'There are none: gatehouse profile add NAME URL',
        );
      }),
    );

  profile
    .command('show')
    .description('show which gateway is used, and where that comes from')
    .action(() =>
      run(async ({ connection, output }) => {
        const { url, credential, from } = connection;
        output.record({ url, credential: credential.kind, from }, [
          ['Gateway', url],
          ['Credential', credential.kind],
          ['From', from],
        ]);
      }),
    );

  profile
    .command('use')
    .description('use a stored deployment from now on')
    .argument('<name>')
    .action((name) => run(async (session) => change(session, name, (profiles) => ({ current: name, profiles }))));

  profile
    .command('remove')
    .description('forget a deployment and its API key')
    .argument('<name>')
    .action((name) =>
      run(async (session) =>
        change(session, name, ({ [name]: _removed, ...profiles }, current) => ({
          current: current === name ? null : current,
          profiles,
        })),
      ),
    );
  return profile;
}

type Stored = ReturnType<typeof readProfiles>;

function change(
  { io }: Session,
  name: string,
  to: (profiles: Stored['profiles'], current: Stored['current']) => Stored,
): void {
  const path = profilePath(io.env);
  const { current, profiles } = readProfiles(path);
  if (!Object.hasOwn(profiles, name)) throw new UsageError(`There is no profile ${name}. See: gatehouse profile list`);
  writeProfiles(path, to(profiles, current));
}

/** An argument would be visible to all users of the machine, and stay in the history of the shell. */
async function readKey({ io }: Session): Promise<string> {
  let key: unknown;
  if (isInteractive(io)) {
    const { password } = await import('@clack/prompts');
    key = await password({ message: 'API key', input: io.stdin, output: io.stderr, signal: io.signal });
  } else {
    key = await readAll(io.stdin);
  }
  const given = typeof key === 'string' ? key.trim() : '';
  if (!/^\S+$/.test(given)) throw new UsageError('The API key is missing: enter it, or give it on standard input.');
  return given;
}
