import { type TrustRepair } from './repair-trust';

/** Usage text. */
export const USAGE = `usage: after-restore [--log <file> --since <time>] [--revoke-all-keys]
  --log <file>       user-sync's log from after the backup, as JSON lines; - reads standard input
  --since <time>     end of the restored data, such as 2026-01-31T04:00:00Z; earlier lines are ignored
  --revoke-all-keys  revoke every API key, because the log is incomplete or lost
`;

/** A parsed command. `file` and `since` (milliseconds since the epoch) belong together. */
export interface Command {
  readonly file?: string;
  readonly since: number;
  readonly revokesAllKeys: boolean;
}

/** Parses the arguments; undefined when they are invalid. */
export function parseCommand(args: readonly string[]): Command | undefined {
  const values = new Map<string, string>();
  let revokesAllKeys = false;
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at] ?? '';
    const value = args[at + 1];
    if (name === '--revoke-all-keys') revokesAllKeys = true;
    else if (!['--log', '--since'].includes(name) || value === undefined || values.has(name)) return undefined;
    else {
      values.set(name, value);
      at += 1;
    }
  }
  const [file, since] = [values.get('--log'), values.get('--since')];
  if (file === undefined && since === undefined) return { since: 0, revokesAllKeys };
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(since ?? '') ? Date.parse(since ?? '') : NaN;
  return file === undefined || Number.isNaN(time) ? undefined : { file, since: time, revokesAllKeys };
}

/** Report to the operator. `logged`: number of trust changes that the log named. */
export function describeRepair(repair: TrustRepair, logged: number): string {
  const { roles, promises, runId } = repair;
  const lines = [
    `Trust changes in the log: ${logged}`,
    `API keys revoked: ${repair.keysRevoked}`,
    `API keys that stay valid: ${repair.keysValid}`,
    `Gatehouse sessions ended: ${repair.sessionsEnded}`,
    `Clerk sessions signed out: ${repair.signedOut}`,
    `Users signed out everywhere: ${repair.signedOutEverywhere}`,
    `Set-password links deleted: ${repair.linksDeleted}`,
    `Passwords removed: ${repair.passwordsRemoved}`,
    `Users deactivated: ${repair.deactivated}`,
    runId === null ? 'A reconcile run is queued or running already.' : `Reconcile run queued: ${runId}`,
  ];
  if (logged === 0 && repair.keysValid > 0) {
    lines.push('No trust change was read: API keys that were revoked after the backup are valid again.');
  }
  if (roles.length > 0) lines.push('Roles changed after the backup; set each again:', ...roles.map((id) => `  ${id}`));
  if (promises > 0)
    lines.push(`Promises of the admin role that are open: ${promises}. Check them: make-admin.js --list`);
  return `${lines.join('\n')}\n`;
}
