import { type DataWorld } from '../data-world';

/** The clock of quotas, as a test sets it. Only a superuser can replace the function that reads it. */
export class TestClock {
  private constructor(private readonly world: DataWorld) {}

  static async install(world: DataWorld): Promise<TestClock> {
    await world.query('CREATE TABLE test_clock (at timestamptz)');
    await world.query('INSERT INTO test_clock VALUES (NULL)');
    await world.query('GRANT SELECT ON test_clock TO PUBLIC');
    await world.query(
      `CREATE OR REPLACE FUNCTION quota_now() RETURNS timestamptz LANGUAGE sql STABLE AS
         $$ SELECT coalesce((SELECT at FROM test_clock), now()) $$`,
    );
    return new TestClock(world);
  }

  /** Stops the clock at a time, in ISO 8601 or in milliseconds since the epoch. */
  async set(time: string | number): Promise<void> {
    await this.world.query('UPDATE test_clock SET at = $1', [new Date(time).toISOString()]);
  }

  /** Lets the clock show the time of the database again. */
  async run(): Promise<void> {
    await this.world.query('UPDATE test_clock SET at = NULL');
  }
}
