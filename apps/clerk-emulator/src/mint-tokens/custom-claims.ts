import { isJsonObject, type JsonObject, type JsonValue } from '../clerk/json';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser } from '../clerk/user';

/** Values for the shortcodes of a template. */
interface ClaimSources {
  readonly user: ClerkUser;
  readonly session: ClerkSession;
}

const WHOLE = /^\{\{\s*([\w.]+)\s*\}\}$/;
const PART = /\{\{\s*([\w.]+)\s*\}\}/g;

/**
 * Replaces the shortcodes of custom claims, such as `{{user.public_metadata.role}}` or `{{session.id}}`. A text that is
 * only a shortcode becomes the value, with its type; null when the shortcode is unknown. Within a longer text, the
 * value is inserted as text, and an unknown shortcode is removed.
 */
export function customClaims(template: JsonObject, sources: ClaimSources): JsonObject {
  return fill(template, rootsOf(sources)) as JsonObject;
}

function fill(value: JsonValue, roots: JsonObject): JsonValue {
  if (Array.isArray(value)) return value.map((item) => fill(item, roots));
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, roots)]));
  }
  if (typeof value !== 'string') return value;
  const alone = WHOLE.exec(value)?.[1];
  if (alone !== undefined) return lookUp(roots, alone) ?? null;
  return value.replace(PART, (_match, path: string) => asText(lookUp(roots, path)));
}

function lookUp(roots: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = roots;
  for (const key of path.split('.')) {
    value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function asText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function rootsOf({ user, session }: ClaimSources): JsonObject {
  const email = user.email_addresses.find(({ id }) => id === user.primary_email_address_id);
  const phone = user.phone_numbers.find(({ id }) => id === user.primary_phone_number_id);
  const name = [user.first_name, user.last_name].filter((part) => part !== null).join(' ');
  return {
    user: {
      id: user.id,
      external_id: user.external_id,
      username: user.username,
      first_name: user.first_name,
      last_name: user.last_name,
      full_name: name === '' ? null : name,
      image_url: user.image_url,
      has_image: user.has_image,
      primary_email_address: email?.email_address ?? null,
      email_verified: email?.verification.status === 'verified',
      primary_phone_number: phone?.phone_number ?? null,
      phone_number_verified: phone?.verification.status === 'verified',
      public_metadata: user.public_metadata,
      unsafe_metadata: user.unsafe_metadata,
      two_factor_enabled: user.two_factor_enabled,
      created_at: user.created_at,
      updated_at: user.updated_at,
      last_sign_in_at: user.last_sign_in_at,
    },
    session: { id: session.id, actor: session.actor },
  };
}
