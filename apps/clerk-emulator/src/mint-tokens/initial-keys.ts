import { type Now } from '../clerk/clock';
import { type EmulatorConfig } from '../config';
import { type SavedState } from '../persist-state/saved-state';
import { type RingKey } from './key-ring';
import { savedKeys } from './saved-keys';
import { SigningKey } from './signing-key';

/**
 * Keys that the ring starts with:
 * - No key is configured (`privateKey`): the saved keys, or a new key if none are saved.
 * - A key is configured, and it is the oldest saved key: the saved keys. The later ones come from rotations.
 * - A key is configured, and it is not the oldest saved key: only the configured key. Any saved keys belong to an
 *   earlier configuration.
 * @throws StateFileInvalidError
 */
export async function initialKeys(
  config: Pick<EmulatorConfig, 'instanceId' | 'privateKey'>,
  file: SavedState,
  now: Now,
): Promise<[RingKey, ...RingKey[]]> {
  const { instanceId, privateKey } = config;
  const configured = privateKey === undefined ? undefined : SigningKey.fromPem(instanceId, privateKey);
  const saved = file.parse(savedKeys);
  const [first, ...rest] = (saved?.keys ?? []).map(({ kid, private_key, created_at, retired_at }) => ({
    key: SigningKey.fromPem(kid, private_key),
    created_at,
    retired_at,
  }));
  if (first && (!configured || first.key.privatePem === configured.privatePem)) return [first, ...rest];
  const only = saved && !configured ? SigningKey.fromPem(instanceId, saved.private_key) : configured;
  return [{ key: only ?? (await SigningKey.generate(instanceId)), created_at: now(), retired_at: null }];
}
