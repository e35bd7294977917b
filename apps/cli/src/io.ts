import { type Readable, type Writable } from 'node:stream';

/** What the command reads from and writes to, and who it runs for. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Ends what runs, such as `tail`, at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Whether a person can be asked: both ends are a terminal. */
export function isInteractive({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}
