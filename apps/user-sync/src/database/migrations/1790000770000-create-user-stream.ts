import { createOutboxTriggers, createStreamTables, dropOutboxTriggers } from '@gatehouse/relay';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { versionTrigger } from '../version-trigger';

/** Columns that callers see of themselves. */
const publicColumns = [
  ...['id', 'clerk_user_id', 'auth_provider', 'email', 'email_verified', 'phone_number', 'phone_verified'],
  ...['first_name', 'last_name', 'full_name', 'username', 'owner_name', 'profile_image_url', 'role', 'is_active'],
  ...['subscription', 'bio', 'website', 'social_links', 'shop_name', 'city', 'state', 'pincode', 'referral_code'],
  'created_at',
];

/** Further columns on which the published `isActive` depends. */
const activityColumns = ['clerk_banned', 'clerk_deprovisioned', 'deleted_at'];

/**
 * Creates the outbox of the stream of user changes. The version of a user now also counts bans, deprovisioning and
 * deletions, because the stream shows them. Triggers write the outbox, so that changes by older replicas and by SQL of
 * operators are published too.
 */
export class CreateUserStream1790000770000 implements MigrationInterface {
  readonly name = 'CreateUserStream1790000770000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createStreamTables) await runner.query(statement);
    await runner.query(versionTrigger([...publicColumns, ...activityColumns]));
    const triggers = createOutboxTriggers({
      table: 'users',
      key: (row) => `${row}.id::text`,
      fields: {
        id: ['id'],
        clerkUserId: ['clerk_user_id'],
        email: ['email'],
        emailVerified: ['email_verified'],
        phoneNumber: ['phone_number'],
        phoneVerified: ['phone_verified'],
        firstName: ['first_name'],
        lastName: ['last_name'],
        fullName: ['full_name'],
        username: ['username'],
        profileImageUrl: ['profile_image_url'],
        role: ['role'],
        tier: ['subscription'],
        isActive: ['is_active', ...activityColumns],
        createdAt: ['created_at'],
      },
    });
    for (const statement of triggers) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of dropOutboxTriggers('users')) await runner.query(statement);
    await runner.query(versionTrigger(publicColumns));
    await runner.query('DROP TABLE stream_outbox, stream_epochs');
  }
}
