/** Usage text. `npm run nats:setup --` takes the same arguments. */
export const USAGE = `usage: nats-setup               create streams and consumers that are missing, and change those that
                                differ from their contract
       nats-setup --recreate    also delete and create anew those that NATS refuses to change
`;

/** A parsed command. */
export interface Command {
  readonly recreate: boolean;
}

/** Parses the arguments; undefined when they are invalid. */
export function parseCommand(args: readonly string[]): Command | undefined {
  if (args.length === 0) return { recreate: false };
  return args.length === 1 && args[0] === '--recreate' ? { recreate: true } : undefined;
}
