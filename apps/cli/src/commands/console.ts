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
        const link = await linkOf(await gatehouseWithKey(session));
        session.output.record(link, [
          ['Open', link.url],
          ['Until', time(link.expiresAt)],
        ]);
      }),
    );
}

async function gatehouseWithKey(session: Session): Promise<Gatehouse> {
  const { kind } = session.connection.credential;
  if (kind === 'apiKey' || kind === 'none') return session.gatehouse;
  const expiresAt = new Date(Date.now() + SESSION_MS).toISOString();
  const { data } = await session.gatehouse.POST('/api/keys', { body: { name: 'console', scopes: ['*:*'], expiresAt } });
  session.output.note(`Made the API key ${data.id} for it. To end the console early: gatehouse keys revoke ${data.id}`);
  return session.withKey(data.key);
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
