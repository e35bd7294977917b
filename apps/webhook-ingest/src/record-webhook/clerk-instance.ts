import { type DataSource } from 'typeorm';
import { LedgerUnavailableError } from '../errors';

/**
 * Which Clerk instance is ours: the configured one, else the first that a verified delivery named, kept in the database
 * for all replicas and all time.
 */
export class ClerkInstance {
  private known: string | undefined;
  private asking: Promise<string> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    configured: string | undefined,
  ) {
    this.known = configured;
  }

  /** Whether a verified event of this instance is ours. Throws LedgerUnavailableError when that cannot be found out. */
  async isOurs(instanceId: string): Promise<boolean> {
    if (this.known === undefined) {
      this.asking ??= this.learn(instanceId).finally(() => (this.asking = undefined));
      this.known = await this.asking;
    }
    return this.known === instanceId;
  }

  private async learn(instanceId: string): Promise<string> {
    try {
      await this.dataSource.query('INSERT INTO clerk_instance (instance_id) VALUES ($1) ON CONFLICT DO NOTHING', [
        instanceId,
      ]);
      const [row] = await this.dataSource.query<{ instance_id: string }[]>('SELECT instance_id FROM clerk_instance');
      return row?.instance_id ?? instanceId;
    } catch (error) {
      throw new LedgerUnavailableError('the Clerk instance is not known', { cause: error });
    }
  }
}
