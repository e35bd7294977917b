import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { choosePostgresIdentity, withClient } from '@gatehouse/local-stack';

/** Folders whose content PostgreSQL's documentation says not to copy; the folders themselves are needed. */
const EMPTY = new Set([
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'],
]);
/** Files that belong to the running server. */
const SKIPPED = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*)$/;

/** A physical backup: the data directory and the WAL that makes it consistent. */
export interface BaseBackup {
  readonly data: string;
  readonly archive: string;
}

/**
 * Takes a base backup of a running server by SQL, as "Making a Base Backup Using the Low Level API" describes.
 * @see https://www.postgresql.org/docs/18/continuous-archiving.html
 * @param meanwhile work that goes on while the files are copied
 */
export async function takeBaseBackup(
  adminUrl: string,
  directory: string,
  meanwhile: () => Promise<unknown>,
): Promise<BaseBackup> {
  const [data, archive] = [join(directory, 'data'), join(directory, 'archive')];
  mkdirSync(archive, { recursive: true });
  // The connection must stay open from start to stop.
  await withClient(adminUrl, async (client) => {
    const one = async (text: string): Promise<Record<string, string>> => {
      const { rows } = await client.query<Record<string, string>>(text);
      return rows[0] ?? {};
    };
    const { source = '' } = await one(`SELECT current_setting('data_directory') AS source`);
    await one(`SELECT pg_backup_start('drill', fast => true)`);
    const work = meanwhile();
    copyTree(source, data);
    await work;
    const stopped = await one(`SELECT labelfile, spcmapfile FROM pg_backup_stop(wait_for_archive => false)`);
    writeFileSync(join(data, 'backup_label'), stopped.labelfile ?? '');
    if (stopped.spcmapfile) writeFileSync(join(data, 'tablespace_map'), stopped.spcmapfile);
    await one('SELECT pg_switch_wal()');
    // In production, archive_command or pg_receivewal does this.
    const segments = readdirSync(join(source, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
    for (const name of segments) copyFileSync(join(source, 'pg_wal', name), join(archive, name));
  });
  return { data, archive };
}

/** Lays a backup out as the data directory of a new server, which replays the archive when it starts. */
export function restoreBaseBackup({ data, archive }: BaseBackup, directory: string): void {
  layOut(data, directory, 'recovery.signal', `restore_command = 'cp "${archive}/%f" "%p"'`);
}

/** Lays a backup out as the data directory of a standby that streams from a server. */
export function makeStandby({ data }: BaseBackup, directory: string, primary: string, name: string): void {
  const { hostname, port, username, password } = new URL(primary);
  const address = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
  layOut(data, directory, 'standby.signal', `primary_conninfo = '${address} application_name=${name}'`);
}

function layOut(data: string, directory: string, signal: string, setting: string): void {
  const target = join(directory, 'data');
  mkdirSync(directory, { recursive: true });
  cpSync(data, target, { recursive: true });
  chmodSync(target, 0o700);
  writeFileSync(join(target, signal), '');
  writeFileSync(join(target, 'postgresql.auto.conf'), `${setting}\n`, { flag: 'a' });
  const identity = choosePostgresIdentity();
  if (identity.kind === 'other-user') {
    execFileSync('chown', ['-R', `${identity.uid}:${identity.gid}`, directory], { timeout: 60_000 });
  }
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (SKIPPED.test(entry.name)) continue;
    if (entry.isDirectory()) {
      if (EMPTY.has(entry.name)) mkdirSync(target, { mode: 0o700 });
      else copyTree(source, target);
    } else copyUnlessGone(source, target);
  }
}

/** The server may delete a file during the copy. */
function copyUnlessGone(source: string, target: string): void {
  try {
    copyFileSync(source, target);
  } catch (error) {
    if (existsSync(source)) throw error;
  }
}
