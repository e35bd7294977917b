import { connect } from '@nats-io/transport-node';
import { type NatsUser } from './nats-config';

/** Whom to let in where, and for how long to try. */
export interface FirstNatsClientOptions {
  url: string;
  user: NatsUser | undefined;
  timeoutMs: number;
  /** Once it is false, no further attempt makes sense. */
  isRunning: () => boolean | Promise<boolean>;
}

/** Tries until a client gets in; resolves to the last refusal when none did. */
export async function firstNatsClient(options: FirstNatsClientOptions): Promise<Error | undefined> {
  const { url, user, timeoutMs, isRunning } = options;
  const deadline = Date.now() + timeoutMs;
  let refusal: Error;
  do {
    try {
      const client = await connect({
        servers: url,
        user: user?.user,
        pass: user?.password,
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
