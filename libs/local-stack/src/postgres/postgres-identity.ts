import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PostgresRefusesRootError } from '../errors';

/** The user that runs PostgreSQL: the current user, a user in a user namespace, or another user of this host. */
export type PostgresIdentity =
  | { kind: 'self' }
  | { kind: 'namespace'; command: string; args: string[] }
  | { kind: 'other-user'; uid: number; gid: number };

interface Account {
  uid: number;
  gid: number;
}

/** Facts about this host on which the choice depends. Tests replace them. */
export interface IdentityOptions {
  isRoot?: boolean;
  /** Whether `command` succeeds with these arguments, run as `account`. */
  works?: (command: string, args: string[], account?: Account) => boolean;
  account?: Account;
}

/**
 * Chooses the user that runs PostgreSQL: the current user, unless that is root, which PostgreSQL rejects. In place of
 * root, prefers a user in a user namespace, in which root's files stay reachable. Where namespaces are not allowed,
 * takes another user of this host.
 * @throws PostgresRefusesRootError
 */
export function choosePostgresIdentity(options: IdentityOptions = {}): PostgresIdentity {
  const isRoot = options.isRoot ?? process.getuid?.() === 0;
  if (!isRoot) return { kind: 'self' };
  const works = options.works ?? runs;
  const account = options.account ?? unprivilegedAccount();
  const unshare = ['--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`];
  if (works('unshare', [...unshare, 'true'])) return { kind: 'namespace', command: 'unshare', args: unshare };
  if (works('true', [], account)) return { kind: 'other-user', ...account };
  throw new PostgresRefusesRootError();
}

/**
 * Returns an account of this host other than root. It must exist, because initdb looks its user up by name. Prefers uid
 * 1000, then `nobody`, then any other.
 */
function unprivilegedAccount(): Account {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => Number(fields[2]) > 0)
    .map((fields) => ({ name: fields[0], uid: Number(fields[2]), gid: Number(fields[3]) }));
  const chosen = accounts.find(({ uid }) => uid === 1000) ?? accounts.find(({ name }) => name === 'nobody');
  return chosen ?? accounts[0] ?? { uid: 1000, gid: 1000 };
}

function runs(command: string, args: string[], account?: Account): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 5000, cwd: '/', ...account }).status === 0;
}
