import { parseArgs } from 'node:util';
import { type PostgresAddress } from './secret-plan';

/** Usage text. */
export const USAGE = `usage: npm run --silent secrets -- <directory> [options]

Generates the secrets of a deployment, one file for each. Existing secrets are kept.

  --postgres-host <host>    host of PostgreSQL in the database URLs (default 127.0.0.1)
  --postgres-port <port>    port of PostgreSQL in the database URLs (default 5432)
  --emulator                also generates the secrets that otherwise come from Clerk, for the Clerk emulator
`;

/** A parsed command. */
export interface Command {
  readonly directory: string;
  readonly postgres: PostgresAddress;
  /** Whether the Clerk emulator stands in for Clerk. */
  readonly emulator: boolean;
}

/** Parses the arguments; undefined when they are invalid. */
export function parseCommand(args: readonly string[]): Command | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'postgres-host': { type: 'string', default: '127.0.0.1' },
        'postgres-port': { type: 'string', default: '5432' },
        emulator: { type: 'boolean', default: false },
      },
    });
    const [directory, ...rest] = positionals;
    const { 'postgres-host': host, 'postgres-port': port } = values;
    if (!directory || rest.length > 0 || !isHost(host) || !isPort(port)) return undefined;
    return { directory, postgres: { host, port: Number(port) }, emulator: values.emulator };
  } catch {
    // parseArgs throws for an unknown option, and for an option without its value.
    return undefined;
  }
}

/** Whether a URL takes this text as its host alone: a name, an IPv4 address, or an IPv6 address in brackets. */
function isHost(text: string): boolean {
  return /^[\w.-]+$|^\[[\da-fA-F:.]+\]$/.test(text) && URL.canParse(`http://${text}`);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
