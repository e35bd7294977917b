import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { versionTrigger } from '../version-trigger';

/**
 * Columns that callers see of themselves. Activity times and `updated_at` are not listed: they change without a change
 * of the user.
 */
const publicColumns = [
  ...['id', 'clerk_user_id', 'auth_provider', 'email', 'email_verified', 'phone_number', 'phone_verified'],
  ...['first_name', 'last_name', 'full_name', 'username', 'owner_name', 'profile_image_url', 'role', 'is_active'],
  ...['subscription', 'bio', 'website', 'social_links', 'shop_name', 'city', 'state', 'pincode', 'referral_code'],
  'created_at',
];

/**
 * Adds the version of a user, its first login, and when it used a referral code. Triggers set the first two, so that
 * older replicas and SQL of operators set them too.
 */
export class CountUserVersions1790000764000 implements MigrationInterface {
  readonly name = 'CountUserVersions1790000764000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE users ADD COLUMN version integer NOT NULL DEFAULT 1, ADD COLUMN first_login_at timestamptz(3),
         ADD COLUMN referred_at timestamptz(3)`,
    );
    await runner.query(
      `CREATE FUNCTION raise_user_version() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           NEW.version := OLD.version + 1;
           RETURN NEW;
         END
       $$`,
    );
    await runner.query(versionTrigger(publicColumns));
    // Times of logins come from Clerk: a wrong clock there must not move the first login into the future.
    await runner.query(
      `CREATE FUNCTION note_first_login() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           NEW.first_login_at := least(NEW.last_login_at, now());
           RETURN NEW;
         END
       $$`,
    );
    await runner.query(
      `CREATE TRIGGER users_first_login_inserted BEFORE INSERT ON users FOR EACH ROW
         WHEN (NEW.last_login_at IS NOT NULL AND NEW.first_login_at IS NULL)
         EXECUTE FUNCTION note_first_login()`,
    );
    await runner.query(
      `CREATE TRIGGER users_first_login_updated BEFORE UPDATE ON users FOR EACH ROW
         WHEN (OLD.last_login_at IS NULL AND NEW.last_login_at IS NOT NULL AND NEW.first_login_at IS NULL)
         EXECUTE FUNCTION note_first_login()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER users_version ON users');
    await runner.query('DROP TRIGGER users_first_login_inserted ON users');
    await runner.query('DROP TRIGGER users_first_login_updated ON users');
    await runner.query('DROP FUNCTION raise_user_version(), note_first_login()');
    await runner.query('ALTER TABLE users DROP COLUMN version, DROP COLUMN first_login_at, DROP COLUMN referred_at');
  }
}
