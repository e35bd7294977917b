import { type Gatehouse, createGatehouse } from '@gatehouse/client';
import { NotConfirmedError } from './errors';
import { type ExitCode, exitCodes } from './exit-codes';
import { type Io, isInteractive } from './io';
import { Output } from './output/output';
import { type Connection, type ConnectionOptions, connectionOf } from './settings/connection';
import { runTokenCommand } from './settings/token-command';

/** Options of every command. */
export interface GlobalOptions extends ConnectionOptions {
  readonly json?: true | undefined;
}

/** One run of a command: the gateway, what is printed, and who can be asked. */
export class Session {
  readonly output: Output;
  /** What the process ends with. */
  exitCode: ExitCode = exitCodes.ok;
  private client: Gatehouse | undefined;
  private target: Connection | undefined;

  constructor(
    readonly io: Io,
    private readonly options: GlobalOptions,
  ) {
    this.output = new Output(io, options.json === true);
  }

  /** The chosen gateway. @throws UsageError */
  get connection(): Connection {
    return (this.target ??= connectionOf(this.options, this.io));
  }

  /** A client of the chosen gateway. @throws UsageError */
  get gatehouse(): Gatehouse {
    return (this.client ??= clientOf(this.connection, this.io.signal));
  }

  /** A client of the chosen gateway with an API key instead of the credential of the settings. @throws UsageError */
  withKey(apiKey: string): Gatehouse {
    return clientOf({ ...this.connection, credential: { kind: 'apiKey', apiKey } }, this.io.signal);
  }

  /**
   * Asks before something is changed that cannot simply be changed back. `--yes` answers; without a terminal nobody can.
   * @param what is touched, as a question
   * @throws NotConfirmedError
   */
  async confirm(what: string, { yes }: { readonly yes?: true | undefined }): Promise<void> {
    if (yes === true) return;
    if (!isInteractive(this.io)) throw new NotConfirmedError(`${what} Nobody can answer here: repeat with --yes.`);
    const { confirm } = await import('@clack/prompts');
    const { stdin, stderr, signal } = this.io;
    const answer = await confirm({ message: what, initialValue: false, input: stdin, output: stderr, signal });
    if (answer !== true) throw new NotConfirmedError('Nothing was changed.');
  }
}

function clientOf({ url: baseUrl, credential }: Connection, signal: AbortSignal): Gatehouse {
  // Ctrl-C ends each request, also one that was given no signal.
  const fetch = (request: Request) => globalThis.fetch(request, { signal: AbortSignal.any([signal, request.signal]) });
  const common = { baseUrl, fetch };
  switch (credential.kind) {
    case 'apiKey':
      return createGatehouse({ ...common, apiKey: credential.apiKey });
    case 'token':
      return createGatehouse({ ...common, getToken: () => credential.token });
    case 'tokenCommand':
      return createGatehouse({ ...common, getToken: cached(() => runTokenCommand(credential.command, signal)) });
    case 'none':
      return createGatehouse({ ...common, getToken: () => null });
  }
}

/** Session tokens of Clerk are valid for 60 s; milliseconds. */
const TOKEN_KEPT_MS = 30_000;

function cached(mint: () => Promise<string>): (options?: { readonly skipCache?: boolean }) => Promise<string> {
  let held: { readonly token: string; readonly until: number } | undefined;
  return async ({ skipCache = false } = {}) => {
    if (held !== undefined && !skipCache && performance.now() < held.until) return held.token;
    held = { token: await mint(), until: performance.now() + TOKEN_KEPT_MS };
    return held.token;
  };
}
