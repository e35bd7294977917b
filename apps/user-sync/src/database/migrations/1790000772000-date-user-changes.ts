import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Columns that admins see of a user. Not listed: activity times and `clerk_updated_at`, which change without a change of
 * the user, and `version`, which changes with the others.
 */
const shownColumns = [
  ...['id', 'clerk_user_id', 'auth_provider', 'email', 'email_verified', 'phone_number', 'phone_verified'],
  ...['first_name', 'last_name', 'full_name', 'username', 'owner_name', 'profile_image_url', 'role', 'is_active'],
  ...['subscription', 'bio', 'website', 'social_links', 'shop_name', 'city', 'state', 'pincode', 'referral_code'],
  ...['created_at', 'is_synced', 'clerk_banned', 'clerk_deprovisioned', 'clerk_locked', 'clerk_lockout_expires_at'],
  ...['deleted_at', 'referred_by', 'referred_at', 'stripe_customer_id'],
];

/**
 * Sets `users.updated_at` with each change that admins see. A trigger, so that older replicas and SQL of operators set it
 * too. It never moves back, even when a transaction that began earlier writes later.
 */
export class DateUserChanges1790000772000 implements MigrationInterface {
  readonly name = 'DateUserChanges1790000772000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE FUNCTION date_user_change() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           NEW.updated_at := greatest(OLD.updated_at, NEW.updated_at, now());
           RETURN NEW;
         END
       $$`,
    );
    const rowOf = (row: 'OLD' | 'NEW') => `(${shownColumns.map((column) => `${row}.${column}`).join(', ')})`;
    await runner.query(
      `CREATE TRIGGER users_updated_at BEFORE UPDATE ON users FOR EACH ROW
         WHEN (${rowOf('OLD')} IS DISTINCT FROM ${rowOf('NEW')}) EXECUTE FUNCTION date_user_change()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER users_updated_at ON users');
    await runner.query('DROP FUNCTION date_user_change()');
  }
}
