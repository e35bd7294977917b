import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates users, tombstones of deleted users, and applied events. */
export class CreateUsers1790000000000 implements MigrationInterface {
  readonly name = 'CreateUsers1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid CONSTRAINT users_pkey PRIMARY KEY,
        clerk_user_id text,
        auth_provider text NOT NULL CONSTRAINT users_auth_provider_check CHECK (auth_provider IN ('local', 'clerk')),
        email text,
        email_verified boolean NOT NULL DEFAULT false,
        phone_number text,
        phone_verified boolean NOT NULL DEFAULT false,
        hashed_password text,
        first_name text,
        last_name text,
        full_name text NOT NULL,
        username text,
        owner_name text,
        profile_image_url text,
        role text NOT NULL DEFAULT 'user' CONSTRAINT users_role_check CHECK (role IN ('user', 'developer', 'admin')),
        is_active boolean NOT NULL DEFAULT true,
        is_superuser boolean NOT NULL DEFAULT false,
        is_synced boolean NOT NULL DEFAULT false,
        clerk_banned boolean NOT NULL DEFAULT false,
        clerk_locked boolean NOT NULL DEFAULT false,
        clerk_updated_at bigint,
        content_hash text,
        subscription text NOT NULL DEFAULT 'free'
          CONSTRAINT users_subscription_check CHECK (subscription IN ('free', 'pro', 'enterprise')),
        stripe_customer_id text,
        tokens_remaining bigint NOT NULL DEFAULT 10000,
        tokens_used bigint NOT NULL DEFAULT 0,
        tokens_monthly_limit bigint NOT NULL DEFAULT 10000,
        uploads_used integer NOT NULL DEFAULT 0,
        uploads_monthly_limit integer NOT NULL DEFAULT 20,
        documents_uploaded integer NOT NULL DEFAULT 0,
        bio text,
        website text,
        social_links jsonb NOT NULL DEFAULT '{}',
        shop_name text,
        city text,
        state text,
        pincode text,
        referral_code text NOT NULL,
        referred_by uuid,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        last_login_at timestamptz(3),
        last_logout_at timestamptz(3),
        last_active_at timestamptz(3),
        deleted_at timestamptz(3)
      )`);
    for (const index of [
      'CREATE UNIQUE INDEX users_clerk_user_id_key ON users (clerk_user_id)',
      'CREATE UNIQUE INDEX users_referral_code_key ON users (referral_code)',
      'CREATE UNIQUE INDEX users_email_verified_live_key ON users (lower(email)) WHERE email_verified AND deleted_at IS NULL',
      'CREATE UNIQUE INDEX users_phone_verified_live_key ON users (phone_number) WHERE phone_verified AND deleted_at IS NULL',
      'CREATE INDEX users_email_idx ON users (lower(email))',
      'CREATE INDEX users_phone_number_idx ON users (phone_number)',
      'CREATE INDEX users_role_idx ON users (role)',
      'CREATE INDEX users_created_at_idx ON users (created_at, id)',
    ]) {
      await runner.query(index);
    }
    await runner.query(`
      CREATE TABLE clerk_tombstones (
        clerk_user_id text CONSTRAINT clerk_tombstones_pkey PRIMARY KEY,
        deleted_at timestamptz(3) NOT NULL DEFAULT now(),
        source_webhook_id text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE applied_events (
        webhook_id text CONSTRAINT applied_events_pkey PRIMARY KEY,
        source text NOT NULL,
        event_type text NOT NULL,
        clerk_user_id text NOT NULL,
        user_id uuid,
        decision text NOT NULL,
        reason text NOT NULL,
        version_seen bigint,
        version_before bigint,
        version_after bigint,
        attempt integer NOT NULL,
        correlation_id text NOT NULL,
        applied_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX applied_events_clerk_user_id_idx ON applied_events (clerk_user_id, applied_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE applied_events, clerk_tombstones, users');
  }
}
