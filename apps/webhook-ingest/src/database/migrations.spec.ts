import 'reflect-metadata';
import { breakingChangesOf } from '@gatehouse/testing';
import { type MigrationInterface } from 'typeorm';
import { migrationDatabase } from './database-options';

const migrations = migrationDatabase({ url: '' }).migrations as (new () => MigrationInterface)[];

/** Statements of migrations from before the first release, when no previous release existed. */
const firstRelease: Record<string, readonly string[]> = {
  FindLostEvents1790000000002: [
    "CREATE INDEX webhook_events_in_flight ON webhook_events WHERE status = 'processing' AND published_at IS NOT NULL",
  ],
  CreateRedrives1790000000003: [
    'CREATE INDEX webhook_events_by_redrive ON webhook_events WHERE redrive_id IS NOT NULL',
    'CREATE INDEX webhook_events_by_time ON webhook_events USING brin WITH',
  ],
  DropBodies1790000000004: ['CREATE INDEX webhook_events_about_nobody ON webhook_events WHERE clerk_user_id IS NULL'],
};

it.each(migrations.filter(({ name }) => !name.startsWith('Contract')).map((migration) => [migration.name, migration]))(
  '%s does not break replicas of the previous release',
  async (name, Migration) => {
    expect(await breakingChangesOf(new Migration())).toEqual(firstRelease[name] ?? []);
  },
);
