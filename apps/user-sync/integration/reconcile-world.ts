import { type ReconcileRun, showReconcile, startReconcile } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { type UserJson, clerkUser, newClerkId } from './clerk-events';
import { adminContext } from './members';
import { SyncWorld } from './sync-world';

/** Environment of user-sync for reconcile runs. */
export const settings = {
  CLERK_CONFIRM_DELAY_MS: '20',
  CLERK_INSTANCE_ID: 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz',
  RECONCILE_MAX_DELETIONS: '3',
};

/** A world whose tests start reconcile runs. */
export class ReconcileWorld {
  private constructor(readonly sync: SyncWorld) {}

  static async start(): Promise<ReconcileWorld> {
    return new ReconcileWorld(await SyncWorld.start());
  }

  /** Stops the apps, and deletes the users here and at Clerk. */
  async reset(): Promise<void> {
    await this.sync.closeApps();
    const { directory } = this.sync.clerk;
    Object.assign(directory, {
      users: [],
      maxPage: 500,
      instanceId: 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz',
      onPage: () => undefined,
    });
    directory.hidden.clear();
    directory.refusals.length = 0;
    directory.pages.length = 0;
    for (const table of [
      'pending_redactions',
      'reconcile_runs',
      'reconcile_sightings',
      'suspected_absences',
      'users',
    ]) {
      await this.sync.query(`DELETE FROM ${table}`);
    }
  }

  start(): Promise<ReconcileRun> {
    return this.sync.gateway.send(startReconcile, {}, adminContext());
  }

  show(id: string): Promise<ReconcileRun> {
    return this.sync.gateway.send(showReconcile, { id }, adminContext());
  }

  /** Waits until the run has ended. */
  ended(id: string, timeoutMs = 60_000): Promise<ReconcileRun> {
    return eventually(
      async () => {
        const run = await this.show(id);
        return ['queued', 'running'].includes(run.state) ? null : run;
      },
      { timeoutMs, intervalMs: 50 },
    ) as Promise<ReconcileRun>;
  }

  /** Starts a run and waits until it has ended. */
  async reconcile(): Promise<ReconcileRun> {
    return this.ended((await this.start()).id);
  }

  /** Makes these users the ones that Clerk lists. */
  atClerk(...users: UserJson[]): void {
    this.sync.clerk.directory.users = users;
  }

  /** Clerk ids of the live users here. */
  async live(): Promise<string[]> {
    const rows = await this.sync.query<{ clerk_user_id: string }>(
      'SELECT clerk_user_id FROM users WHERE deleted_at IS NULL',
    );
    return rows.map(({ clerk_user_id }) => clerk_user_id);
  }
}

/** New users as Clerk sends them. */
export const many = (count: number): UserJson[] => Array.from({ length: count }, () => clerkUser(newClerkId()));
