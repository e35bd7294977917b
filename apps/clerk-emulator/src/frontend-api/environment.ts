import { PROVIDER } from '../clerk/external-account';
import { SIGN_IN_ATTEMPTS } from '../clerk/user';
import { type Instance } from '../instance';
import { type UserAttribute, userAttributes } from './user-attributes';

/** Name that Clerk's components show. */
const APPLICATION = 'Clerk emulator';
const OFF = { enabled: false } as const;

/** What the Frontend API tells pages of the instance: how users sign in, and what is switched off. */
export type Environment = ReturnType<typeof environmentOf>;

/** The environment of the emulated instance. Its settings cannot be changed. */
export function environmentOf({ id, url }: Instance) {
  return {
    auth_config: authConfig(id),
    display_config: displayConfig(id, url),
    user_settings: userSettings(userAttributes),
    organization_settings: {
      enabled: false,
      max_allowed_memberships: 5,
      actions: { admin_delete: true },
      domains: { enabled: false, enrollment_modes: [], default_role: 'org:member' },
      slug: { disabled: true },
      creator_role: 'org:admin',
    },
    fraud_settings: { object: 'fraud_settings', native: { device_attestation_mode: 'disabled' } },
    commerce_settings: {
      billing: {
        stripe_publishable_key: null,
        free_trial_requires_payment_method: false,
        user: { enabled: false, has_paid_plans: false },
        organization: { enabled: false, has_paid_plans: false },
      },
    },
    api_keys_settings: { enabled: false, user_api_keys_enabled: false, orgs_api_keys_enabled: false },
    protect_config: { loaders: [] },
    client_debug_mode: false,
    partitioned_cookies: false,
    maintenance_mode: false,
  };
}

function authConfig(id: string) {
  return {
    object: 'auth_config',
    id: `aconf_${id}`,
    first_name: 'on',
    last_name: 'on',
    email_address: 'on',
    phone_number: 'on',
    username: 'off',
    password: 'off',
    identification_requirements: [['email_address'], ['phone_number']],
    identification_strategies: ['email_address', 'phone_number', PROVIDER],
    first_factors: ['email_code', 'phone_code', PROVIDER],
    second_factors: [],
    email_address_verification_strategies: ['email_code'],
    single_session_mode: false,
    enhanced_email_deliverability: false,
    test_mode: true,
    cookieless_dev: true,
    url_based_session_syncing: true,
    claimed_at: null,
    reverification: false,
    native_settings: {
      object: 'native_settings',
      api_enabled: false,
      trusted_device_sign_in_enabled: false,
      trusted_device_enrollment_prompt_after_sign_in_enabled: false,
      trusted_device_enrollment_prompt_after_sign_up_enabled: false,
    },
  };
}

/** The URLs are those of the page of the emulator, on which one signs in as any user. */
function displayConfig(id: string, url: string) {
  const page = `${url}/`;
  return {
    object: 'display_config',
    id: `display_config_${id}`,
    instance_environment_type: 'development',
    application_name: APPLICATION,
    theme: {},
    preferred_sign_in_strategy: 'otp',
    logo_image_url: null,
    favicon_image_url: null,
    home_url: page,
    sign_in_url: page,
    sign_up_url: page,
    user_profile_url: page,
    waitlist_url: page,
    oauth_consent_url: page,
    after_sign_in_url: page,
    after_sign_up_url: page,
    after_sign_out_one_url: page,
    after_sign_out_all_url: page,
    after_switch_session_url: page,
    after_join_waitlist_url: page,
    organization_profile_url: page,
    create_organization_url: page,
    after_leave_organization_url: page,
    after_create_organization_url: page,
    logo_link_url: page,
    support_email: null,
    branded: false,
    experimental_force_oauth_first: false,
    clerk_js_version: null,
    show_devmode_warning: true,
    google_one_tap_client_id: null,
    help_url: null,
    privacy_policy_url: null,
    terms_url: null,
    logo_url: null,
    favicon_url: null,
    logo_image: null,
    favicon_image: null,
    // Without these keys, Clerk's scripts load no captcha, which they would load from another site.
    captcha_public_key: null,
    captcha_widget_type: null,
    captcha_public_key_invisible: null,
    captcha_provider: null,
    captcha_oauth_bypass: [],
    captcha_heartbeat: false,
  };
}

function userSettings(attributes: Readonly<Record<string, UserAttribute>>) {
  return {
    attributes,
    social: {
      [PROVIDER]: {
        enabled: true,
        required: false,
        authenticatable: true,
        block_email_subaddresses: false,
        strategy: PROVIDER,
        not_selectable: false,
        deprecated: false,
        name: 'Test Provider',
        logo_url: null,
      },
    },
    saml: OFF,
    enterprise_sso: { enabled: false, self_serve_sso: false },
    sign_in: { second_factor: { required: false } },
    sign_up: {
      captcha_enabled: false,
      captcha_widget_type: 'invisible',
      custom_action_required: false,
      progressive: true,
      mode: 'public',
      legal_consent_enabled: false,
    },
    restrictions: {
      allowlist: OFF,
      blocklist: OFF,
      allowlist_blocklist_disabled_on_sign_in: OFF,
      block_email_subaddresses: OFF,
      block_disposable_email_domains: OFF,
    },
    password_settings: {
      disable_hibp: true,
      disable_password_reverification: false,
      min_length: 8,
      max_length: 72,
      require_special_char: false,
      require_numbers: false,
      require_uppercase: false,
      require_lowercase: false,
      show_zxcvbn: false,
      min_zxcvbn_strength: 0,
      enforce_hibp_on_sign_in: false,
      allowed_special_characters: '',
    },
    username_settings: {
      min_length: 4,
      max_length: 64,
      allow_extended_special_characters: false,
      allow_numeric_usernames: false,
    },
    actions: { delete_self: true, create_organization: false, create_organizations_limit: null },
    attack_protection: {
      user_lockout: { enabled: true, max_attempts: SIGN_IN_ATTEMPTS, duration_in_minutes: 60 },
      pii: OFF,
      email_link: { require_same_client: false },
      enumeration_protection: OFF,
    },
    passkey_settings: { allow_autofill: false, show_sign_in_button: false, satisfies_second_factor: false },
  };
}
