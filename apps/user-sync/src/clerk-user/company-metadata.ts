import { type Role, roles } from '@gatehouse/contracts';

/** Which part of Clerk's `publicMetadata` Gatehouse uses, and which roles it takes from there. */
export interface MetadataRules {
  /** Key of `publicMetadata` that holds `dbId` and `role`; without it, both are members of `publicMetadata` itself. */
  readonly key?: string;
  /** Roles that a new user can take from the metadata. With any other role there, the user starts as `user`. */
  readonly seedRoles: readonly Role[];
}

/** `publicMetadata` of a Clerk user, as Clerk sent it. */
export type PublicMetadata = Readonly<Record<string, unknown>>;

/** Names of the two values that Gatehouse keeps in `publicMetadata`. */
export const metadataNames = ['dbId', 'role'] as const;

/**
 * Values at Gatehouse's keys in `publicMetadata`, by path: `role`, or `gatehouse.role` if the configured key is
 * `gatehouse`. Absent and null values are left out. If the configured key holds something other than an object, its
 * value is the only entry, at the path `gatehouse`.
 */
export type HeldValues = ReadonlyMap<string, unknown>;

/** Path of a value below `publicMetadata`. */
export function metadataPath(name: (typeof metadataNames)[number], key: string | undefined): string {
  return key === undefined ? name : `${key}.${name}`;
}

/**
 * Every path at which a value can collide with ours: `gatehouse.dbId`, `gatehouse.role` and the configured key
 * `gatehouse` itself; or `dbId` and `role` without a configured key.
 */
export function metadataKeys(key: string | undefined): readonly string[] {
  const paths = metadataNames.map((name) => metadataPath(name, key));
  return key === undefined ? paths : [key, ...paths];
}

/** Values that stand at Gatehouse's keys; all other metadata is ignored. */
export function heldValues(metadata: PublicMetadata, key: string | undefined): HeldValues {
  const container = key === undefined ? metadata : ownValue(metadata, key);
  if (container === undefined || container === null) return new Map();
  if (typeof container !== 'object' || Array.isArray(container)) return new Map([[key ?? '', container]]);
  const found = metadataNames.flatMap((name): [string, unknown][] => {
    const value = ownValue(container, name);
    return value === undefined || value === null ? [] : [[metadataPath(name, key), value]];
  });
  return new Map(found);
}

/** Role that a user created from this metadata starts with. */
export function seedRoleOf(metadata: PublicMetadata, { key, seedRoles }: MetadataRules): Role {
  const seed = heldValues(metadata, key).get(metadataPath('role', key));
  return roles.find((role) => role === seed && seedRoles.includes(role)) ?? 'user';
}

function ownValue(container: object, name: string): unknown {
  return Object.hasOwn(container, name) ? (container as Record<string, unknown>)[name] : undefined;
}
