import { Command } from '@commander-js/extra-typings';
import { type Gatehouse, GatehouseError } from '@gatehouse/client';
import { UsageError } from '../errors';
import { time } from '../output/format';
import { type Session } from '../session';
import { type Run } from './command-options';

/** Longest session of the console; milliseconds. */
const SESSION_MS = 8 * 60 * 60_000;

interface ConsoleLink {
  readonly url: string;
  readonly expiresAt: string;
}

/** `gatehouse console`. */
export function consoleCommand(run: Run): Command {
  return new Command('console')
    .description('print a link that opens the console, once and within a minute')
    .addHelpText(
      'after',
      `
The console gets the rights of the API key with which you call the gateway, for eight hours, and loses them with the key.
With a session token instead of a key, a new API key named "console" is made, which is valid for eight hours.`,
    )
    .action(() =>
      run(async (session) => {
        const link = await linkFor(session);
        session.output.record(link, [
          ['Open', link.url],
          ['Until', time(link.expiresAt)],
        ]);
      }),
    );
}

async function linkFor(session: Session): Promise<ConsoleLink> {
  const { gatehouse, output, connection } = session;
  const { kind } = connection.credential;
  if (kind === 'apiKey' || kind === 'none') return linkOf(gatehouse);
  const expiresAt = new Date(Date.now() + SESSION_MS).toISOString();
  const { data } = await gatehouse.POST('/api/keys', { body: { name: 'console', scopes: ['*:*'], expiresAt } });
  try {
    const link = await linkOf(session.withKey(data.key));
    output.note(`Made the API key ${data.id} for it. To end the console early: gatehouse keys revoke ${data.id}`);
    return link;
  } catch (error) {
    // Nobody has seen the key, so nobody would miss it.
    await gatehouse
      .DELETE('/api/keys/{id}', { params: { path: { id: data.id } } })
      .catch(() => output.note(`Made the API key ${data.id} in vain. Revoke it: gatehouse keys revoke ${data.id}`));
    throw error;
  }
}

async function linkOf(gatehouse: Gatehouse): Promise<ConsoleLink> {
  // Only this command and the console use the route, so it is not in the OpenAPI document and has no type.
  const post = gatehouse.POST as unknown as (path: string) => Promise<{ readonly data: ConsoleLink }>;
  try {
    return (await post('/admin/console-codes')).data;
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.status !== 404) throw error;
    throw new UsageError('This gateway has no console. Its operator can set CONSOLE_URL.');
  }
}
