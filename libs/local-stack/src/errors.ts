/** What every failure of a local server has in common: a literal `code` and a message that is one sentence for a person. */
export abstract class LocalServerError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Another program listens on a port that we were told to use. */
export class PortTakenError extends LocalServerError {
  readonly code = 'PORT_TAKEN';

  constructor(
    readonly port: number,
    purpose: string,
    variable?: string,
  ) {
    super(
      `Port ${port}, which ${purpose} needs, is taken by another program: stop that program` +
        (variable ? ` or set ${variable} to a free port.` : '.'),
    );
  }
}

/** A program could not be started at all (missing, not executable). */
export class SpawnFailedError extends LocalServerError {
  readonly code = 'SPAWN_FAILED';

  constructor(name: string, cause: unknown) {
    super(`${name} could not be started: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
}

/** A server was started but ended, or did not answer in time. */
export class ServerNotReadyError extends LocalServerError {
  readonly code = 'SERVER_NOT_READY';
}

/** No PostgreSQL binaries are installed for this platform. */
export class PostgresBinariesMissingError extends LocalServerError {
  readonly code = 'POSTGRES_BINARIES_MISSING';
}

/** PostgreSQL refuses root and this host offers no way to run it as somebody else. */
export class PostgresRefusesRootError extends LocalServerError {
  readonly code = 'POSTGRES_REFUSES_ROOT';

  constructor(options?: ErrorOptions) {
    super(
      'PostgreSQL does not run as root, and this machine allows neither user namespaces nor a change of user: ' +
        'run this as a plain user, or set DATABASE_URL to a PostgreSQL server of your own.',
      options,
    );
  }
}

/** The data directory was written by another major version of PostgreSQL. */
export class PostgresVersionMismatchError extends LocalServerError {
  readonly code = 'POSTGRES_VERSION_MISMATCH';

  constructor(directory: string, found: string, wanted: string) {
    super(
      `The data in ${directory} was written by PostgreSQL ${found}, but PostgreSQL ${wanted} is installed: ` +
        'move that folder away to start empty, or set DATABASE_URL to a server of your own.',
    );
  }
}

/** Another postgres process works on the same data directory. */
export class DataDirectoryInUseError extends LocalServerError {
  readonly code = 'DATA_DIRECTORY_IN_USE';

  constructor(directory: string, pid: number) {
    super(`Another PostgreSQL (process ${pid}) is running on ${directory}: stop it first.`);
  }
}

/** No nats-server could be had; the message names what was tried and how to install one. */
export class NatsServerNotFoundError extends LocalServerError {
  readonly code = 'NATS_SERVER_NOT_FOUND';
}

/** A downloaded file is not the one whose checksum is pinned. */
export class ChecksumMismatchError extends LocalServerError {
  readonly code = 'CHECKSUM_MISMATCH';

  constructor(what: string) {
    super(`${what} does not have the pinned SHA-256 checksum; it was thrown away.`);
  }
}

/** A download did not succeed in time. */
export class DownloadFailedError extends LocalServerError {
  readonly code = 'DOWNLOAD_FAILED';
}

/** A helper program (tar, apt-get, dpkg) failed or took too long. */
export class CommandFailedError extends LocalServerError {
  readonly code = 'COMMAND_FAILED';
}

/** The disk has no room left. */
export class DiskFullError extends LocalServerError {
  readonly code = 'DISK_FULL';

  constructor(what: string, options?: ErrorOptions) {
    super(`There is no space left on the disk for ${what}: free some and start again.`, options);
  }
}

/** A folder cannot be written to. */
export class FolderNotWritableError extends LocalServerError {
  readonly code = 'FOLDER_NOT_WRITABLE';

  constructor(folder: string, options?: ErrorOptions) {
    super(`The folder ${folder} cannot be written to by this user: change its owner or its permissions.`, options);
  }
}

/** A path has more characters than the file system takes. */
export class PathTooLongError extends LocalServerError {
  readonly code = 'PATH_TOO_LONG';

  constructor(path: string, options?: ErrorOptions) {
    super(`The path ${path} is too long: choose a shorter one.`, options);
  }
}

/** A condition did not come true in time. */
export class ConditionNotMetError extends LocalServerError {
  readonly code = 'CONDITION_NOT_MET';
}

/** One of the workspace's programs was not built. */
export class NotBuiltError extends LocalServerError {
  readonly code = 'NOT_BUILT';

  constructor(file: string) {
    super(`${file} does not exist: build the workspace first (npm run build).`);
  }
}

/** A service ended, or was not ready in time, while it was being started. */
export class ServiceFailedError extends LocalServerError {
  readonly code = 'SERVICE_FAILED';

  constructor(
    message: string,
    /** What it wrote last, oldest first. */
    readonly lastLines: readonly string[],
  ) {
    super(message);
  }
}

/** A database did not take its migrations. */
export class MigrationFailedError extends LocalServerError {
  readonly code = 'MIGRATION_FAILED';

  constructor(
    app: string,
    readonly lastLines: readonly string[],
  ) {
    super(`The migrations of ${app} failed: ${lastLines.at(-1) ?? 'no output'}`);
  }
}

/** A variable of the environment does not hold what it should; the value is not repeated. */
export class BadVariableError extends LocalServerError {
  readonly code = 'BAD_VARIABLE';
}

/** The server that the environment names does not answer as it should. */
export class ServerUnusableError extends LocalServerError {
  readonly code = 'SERVER_UNUSABLE';
}

/** A settings file that cannot be understood. */
export class SettingsUnreadableError extends LocalServerError {
  readonly code = 'SETTINGS_UNREADABLE';

  constructor(file: string, options?: ErrorOptions) {
    super(`${file} cannot be read as settings: repair it, or remove the whole folder to start anew.`, options);
  }
}
