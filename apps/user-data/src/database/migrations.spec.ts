import 'reflect-metadata';
import { breakingChangesOf } from '@gatehouse/testing';
import { type MigrationInterface } from 'typeorm';
import { migrationDatabase } from './database-options';

const migrations = migrationDatabase({ url: '' }).migrations as (new () => MigrationInterface)[];

it.each(migrations.filter(({ name }) => !name.startsWith('Contract')).map((migration) => [migration.name, migration]))(
  '%s does not break replicas of the previous release',
  async (_, Migration) => {
    expect(await breakingChangesOf(new Migration())).toEqual([]);
  },
);
