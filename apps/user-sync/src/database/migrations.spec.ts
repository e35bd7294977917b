import 'reflect-metadata';
import { breakingChangesOf } from '@gatehouse/testing';
import { type MigrationInterface } from 'typeorm';
import { migrationDatabase } from './database-options';

const migrations = migrationDatabase({ url: '' }).migrations as (new () => MigrationInterface)[];

/** Statements of migrations from before the first release, when no previous release existed. */
const firstRelease: Record<string, readonly string[]> = {
  CreateTrust1790000100000: [
    "CREATE UNIQUE INDEX users_email_local_live_key ON users WHERE auth_provider = 'local' AND deleted_at IS NULL",
  ],
  OrderAppliedEvents1790000500000: [
    'CREATE INDEX applied_events_clerk_user_id_step_idx ON applied_events',
    'DROP INDEX applied_events_clerk_user_id_idx',
  ],
};

it.each(migrations.filter(({ name }) => !name.startsWith('Contract')).map((migration) => [migration.name, migration]))(
  '%s does not break replicas of the previous release',
  async (name, Migration) => {
    expect(await breakingChangesOf(new Migration())).toEqual(firstRelease[name] ?? []);
  },
);
