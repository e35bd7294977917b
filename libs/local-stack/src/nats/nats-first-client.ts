import { type NatsUser } from '@gatehouse/contracts';
import { connect } from '@nats-io/transport-node';

/** The client that tries to connect, and for how long. */
export interface FirstNatsClientOptions {
  url: string;
  user: NatsUser | undefined;
  timeoutMs: number;
  /** Whether the server still runs. Called after each failed attempt; false ends the attempts before the time limit. */
  isRunning: () => boolean | Promise<boolean>;
}

/**
 * Tries to connect until the server accepts the client.
 * @returns undefined, or the last error when the server did not accept the client in time
 */
export async function firstNatsClient(options: FirstNatsClientOptions): Promise<Error | undefined> {
  const { url, user, timeoutMs, isRunning } = options;
  const deadline = Date.now() + timeoutMs;
  let refusal: Error;
  do {
    try {
      const client = await connect({
        servers: url,
        user: user?.user,
        pass: typeof user?.password === 'string' ? user.password : undefined,
        timeout: 2000,
        reconnect: false,
      });
      await client.close();
      return undefined;
    } catch (error) {
      refusal = error as Error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  } while (Date.now() < deadline && (await isRunning()));
  return refusal;
}
