import 'reflect-metadata';
import { withdrawalsOf } from '@gatehouse/testing';
import { type MigrationInterface } from 'typeorm';
import { migrationDatabase } from './database-options';

const migrations = migrationDatabase({ url: '' }).migrations as (new () => MigrationInterface)[];

it.each(migrations.filter(({ name }) => !name.startsWith('Contract')).map((migration) => [migration.name, migration]))(
  '%s takes nothing away from replicas of the version before',
  async (_, Migration) => {
    expect(await withdrawalsOf(new Migration())).toEqual([]);
  },
);
