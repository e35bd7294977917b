import { type Writable } from 'node:stream';
import { type AuthorityFile, type RotatingSecret } from '@gatehouse/config';
import { Client, type ClientConfig } from 'pg';
import { isLoginRefused } from './refusal';

/** pg calls back with null when the connection is ready. */
type ConnectCallback = ((error: Error) => void) | ((error: null, client: Client) => void);

/** Settings of a client, in addition to those of pg. */
export interface SteadyClientConfig extends ClientConfig {
  /** URLs of the database, each with user and password. */
  readonly logins: RotatingSecret;
  readonly authority?: AuthorityFile;
}

/**
 * A client that logs in with the URL that is due now, and whose connection may be lost at any time without ending the
 * process. The pool handles errors of idle clients, and TypeORM those of clients in use. Neither listens at the moment
 * when a new connection becomes ready, and Node ends the process on an `error` event without a listener. So this client
 * always has a listener, which ignores the error. The next query reports the loss.
 */
export class SteadyClient extends Client {
  // Private at run time: pg-pool adds the client to the errors of its connection, and a printed error shows no password.
  readonly #url: string;
  private readonly logins: RotatingSecret;

  constructor({ logins, authority, ...config }: SteadyClientConfig, url = logins.next) {
    super({
      ...config,
      connectionString: url,
      ...(authority === undefined ? {} : { ssl: { ca: authority.read() } }),
    });
    this.#url = url;
    this.logins = logins;
    this.on('error', () => undefined);
  }

  /** The URL with which this client logs in. */
  get url(): string {
    return this.#url;
  }

  /** As that of pg, but what is sent in one turn of the event loop is written in one system call. */
  override query(...given: never[]): never {
    const { stream } = (this as unknown as { connection: { stream: Writable } }).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return super.query<never>(...(given as [never]));
  }

  override connect(): Promise<Client>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<Client> | void {
    if (callback === undefined) {
      return new Promise((resolve, reject) =>
        this.connect((error: Error | null) => (error === null ? resolve(this) : reject(error))),
      );
    }
    super.connect((error: Error | null) => {
      if (error === null) this.logins.accept(this.url);
      else if (isLoginRefused(error)) this.logins.refuse(this.url);
      (callback as (error: Error | null, client: Client) => void)(error, this);
    });
  }
}
