import { type DataSource } from 'typeorm';
import { RowSecurityBypassedError, WorkerRightsMissingError } from '../errors';
import { WORKER_ROLE } from './row-security';

interface Rights {
  readonly bypasses: boolean;
  readonly is_worker: boolean;
}

/**
 * Checks that row-level security restricts the login of the service: its role is no superuser, cannot bypass the
 * policies and is no worker.
 * @throws RowSecurityBypassedError
 */
export async function requireRowSecurity(service: DataSource): Promise<void> {
  const { bypasses, is_worker } = await rightsOf(service);
  if (bypasses) throw new RowSecurityBypassedError('DATABASE_URL', 'bypasses row-level security');
  if (is_worker) throw new RowSecurityBypassedError('DATABASE_URL', `is a member of ${WORKER_ROLE}`);
}

/**
 * Checks that the login of the worker has its rights, and none beyond the policies.
 * @throws RowSecurityBypassedError, WorkerRightsMissingError
 */
export async function requireWorkerRights(worker: DataSource): Promise<void> {
  const { bypasses, is_worker } = await rightsOf(worker);
  if (bypasses) throw new RowSecurityBypassedError('WORKER_DATABASE_URL', 'bypasses row-level security');
  if (!is_worker) throw new WorkerRightsMissingError(WORKER_ROLE);
}

async function rightsOf(dataSource: DataSource): Promise<Rights> {
  const [rights] = await dataSource.query<Rights[]>(
    `SELECT rolsuper OR rolbypassrls AS bypasses,
            coalesce((SELECT pg_has_role(current_user, oid, 'USAGE') FROM pg_roles WHERE rolname = $1), false) AS is_worker
       FROM pg_roles WHERE rolname = current_user`,
    [WORKER_ROLE],
  );
  return rights ?? { bypasses: true, is_worker: false };
}
