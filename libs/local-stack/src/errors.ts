import { localServerError } from './local-server-error';

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Another program listens on the port. */
export class PortTakenError extends localServerError(
  'PORT_TAKEN',
  (port: number, purpose: string, variable: string | undefined) =>
    `Port ${port}, which ${purpose} needs, is taken by another program: stop that program` +
    (variable ? ` or set ${variable} to a free port.` : '.'),
) {}

/** A program cannot be started: it is missing or not executable. */
export class SpawnFailedError extends localServerError(
  'SPAWN_FAILED',
  (name: string, cause: unknown) => `Cannot start ${name}: ${reasonOf(cause)}.`,
) {}

/** A server ended while starting, or did not answer in time. */
export class ServerNotReadyError extends localServerError('SERVER_NOT_READY') {}

/** No PostgreSQL binaries are installed for this platform. */
export class PostgresBinariesMissingError extends localServerError('POSTGRES_BINARIES_MISSING') {}

/** PostgreSQL does not run as root, and this machine offers no other user to run it as. */
export class PostgresRefusesRootError extends localServerError(
  'POSTGRES_REFUSES_ROOT',
  'PostgreSQL does not run as root, and this machine allows neither user namespaces nor a change of user: ' +
    'run this as a plain user, or set DATABASE_URL to a PostgreSQL server of your own.',
) {}

/** Another major version of PostgreSQL wrote the data directory. */
export class PostgresVersionMismatchError extends localServerError(
  'POSTGRES_VERSION_MISMATCH',
  (directory: string, found: string, wanted: string) =>
    `The data in ${directory} was written by PostgreSQL ${found}, but PostgreSQL ${wanted} is installed: ` +
    'move that folder away to start empty, or set DATABASE_URL to a server of your own.',
) {}

/** Another PostgreSQL runs on the same data directory. */
export class DataDirectoryInUseError extends localServerError(
  'DATA_DIRECTORY_IN_USE',
  (directory: string, pid: number) => `Another PostgreSQL (process ${pid}) is running on ${directory}: stop it first.`,
) {}

/** No usable nats-server was found; the message says what was tried and how to install one. */
export class NatsServerNotFoundError extends localServerError('NATS_SERVER_NOT_FOUND') {}

/** A downloaded file does not have the pinned checksum. */
export class ChecksumMismatchError extends localServerError(
  'CHECKSUM_MISMATCH',
  (what: string) => `${what} does not have the pinned SHA-256 checksum; it was thrown away.`,
) {}

/** A download failed or took too long. */
export class DownloadFailedError extends localServerError('DOWNLOAD_FAILED') {}

/** A helper program (tar, apt-get, dpkg) failed or took too long. */
export class CommandFailedError extends localServerError('COMMAND_FAILED') {}

/** The disk is full. */
export class DiskFullError extends localServerError(
  'DISK_FULL',
  (what: string) => `There is no space left on the disk for ${what}: free some and start again.`,
) {}

/** A folder cannot be written to. */
export class FolderNotWritableError extends localServerError(
  'FOLDER_NOT_WRITABLE',
  (folder: string) => `The folder ${folder} cannot be written to by this user: change its owner or its permissions.`,
) {}

/** A path is longer than the file system allows. */
export class PathTooLongError extends localServerError(
  'PATH_TOO_LONG',
  (path: string) => `The path ${path} is too long: choose a shorter one.`,
) {}

/** A condition did not become true in time. */
export class ConditionNotMetError extends localServerError('CONDITION_NOT_MET') {}

/** A program of the workspace is not built. */
export class NotBuiltError extends localServerError(
  'NOT_BUILT',
  (file: string) => `${file} does not exist: build the workspace first (npm run build).`,
) {}

/** A service ended while starting, or was not ready in time. `lastLines` is its last output, oldest first. */
export class ServiceFailedError extends localServerError(
  'SERVICE_FAILED',
  (message: string, _lastLines: readonly string[]) => message,
) {
  constructor(
    message: string,
    readonly lastLines: readonly string[],
  ) {
    super(message, lastLines);
  }
}

/** The migrations of a database failed. `lastLines` is their last output, oldest first. */
export class MigrationFailedError extends localServerError(
  'MIGRATION_FAILED',
  (app: string, lastLines: readonly string[]) => `The migrations of ${app} failed: ${lastLines.at(-1) ?? 'no output'}`,
) {
  constructor(
    app: string,
    readonly lastLines: readonly string[],
  ) {
    super(app, lastLines);
  }
}

/** `nats-setup` failed. `lastLines` is its last output, oldest first. */
export class StreamSetupFailedError extends localServerError(
  'STREAM_SETUP_FAILED',
  (lastLines: readonly string[]) => `Setting up the streams failed: ${lastLines.at(-1) ?? 'no output'}`,
) {
  constructor(readonly lastLines: readonly string[]) {
    super(lastLines);
  }
}

/** A variable of the environment has a value that is not allowed; the message does not repeat the value. */
export class BadVariableError extends localServerError('BAD_VARIABLE') {}

/** A server that the environment names does not answer, or lacks something that Gatehouse needs. */
export class ServerUnusableError extends localServerError('SERVER_UNUSABLE') {}

/** A settings file is not readable as JSON. */
export class SettingsUnreadableError extends localServerError(
  'SETTINGS_UNREADABLE',
  (file: string) => `${file} cannot be read as settings: repair it, or remove the whole folder to start anew.`,
) {}
