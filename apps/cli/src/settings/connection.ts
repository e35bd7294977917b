import { type Io } from '../io';
import { UsageError } from '../errors';
import { type Profile, profilePath, readProfiles } from './profile-file';

/** A gateway, and the credential for it. */
export interface Connection {
  readonly url: string;
  readonly credential:
    | { readonly kind: 'apiKey'; readonly apiKey: string }
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'tokenCommand'; readonly command: string }
    | { readonly kind: 'none' };
  /** Where both come from, for messages. */
  readonly from: string;
}

/** Options of every command that choose a gateway. */
export interface ConnectionOptions {
  readonly profile?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * Returns the gateway and the credential. Both come from one place, so that a key is sent to no other gateway: `--profile`,
 * then `GATEHOUSE_URL` or `--url` with the credential of the environment, then the current profile.
 * @throws UsageError
 */
export function connectionOf({ profile: name, url }: ConnectionOptions, { env }: Pick<Io, 'env'>): Connection {
  if (name !== undefined && url !== undefined) throw new UsageError('Give --profile or --url, not both.');
  if (name === undefined && (url ?? env.GATEHOUSE_URL)) {
    if (url !== undefined && env.GATEHOUSE_URL && !isSame(url, env.GATEHOUSE_URL)) {
      throw new UsageError(
        '--url is not GATEHOUSE_URL, to which the credential of the environment belongs: set GATEHOUSE_URL, or use --profile.',
      );
    }
    return ofEnvironment(url ?? env.GATEHOUSE_URL ?? '', env);
  }
  const path = profilePath(env);
  const { current, profiles } = readProfiles(path);
  const chosen = name ?? env.GATEHOUSE_PROFILE ?? current;
  if (chosen === null || chosen === '') {
    throw new UsageError(
      'Which gateway? Set GATEHOUSE_URL and GATEHOUSE_API_KEY, or store both: gatehouse profile add NAME URL',
    );
  }
  const profile = Object.hasOwn(profiles, chosen) ? profiles[chosen] : undefined;
  if (profile === undefined)
    throw new UsageError(`There is no profile ${chosen} in ${path}. See: gatehouse profile list`);
  return {
    url: validUrl(profile.url, `the url of profile ${chosen}`),
    credential: ofProfile(profile),
    from: `profile ${chosen}`,
  };
}

/** Checks the address of a gateway. @throws UsageError */
export function validUrl(text: string, name: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`${name} must be an address such as https://api.example.com.`);
  }
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(`${name} must begin with https:// or http://, and have no user, query or fragment.`);
  }
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !isLocal) {
    throw new UsageError(
      `${name} must begin with https://, because a credential is sent; http:// is for this machine.`,
    );
  }
  return url.href.replace(/\/$/, '');
}

function isSame(url: string, other: string): boolean {
  return validUrl(url, '--url') === validUrl(other, 'GATEHOUSE_URL');
}

function ofEnvironment(url: string, env: Io['env']): Connection {
  const { GATEHOUSE_API_KEY: apiKey, GATEHOUSE_TOKEN: token, GATEHOUSE_TOKEN_COMMAND: command } = env;
  if ([apiKey, token, command].filter(Boolean).length > 1) {
    throw new UsageError('Set one of GATEHOUSE_API_KEY, GATEHOUSE_TOKEN and GATEHOUSE_TOKEN_COMMAND.');
  }
  const credential: Connection['credential'] = apiKey
    ? { kind: 'apiKey', apiKey }
    : token
      ? { kind: 'token', token }
      : command
        ? { kind: 'tokenCommand', command }
        : { kind: 'none' };
  return { url: validUrl(url, 'GATEHOUSE_URL'), credential, from: 'the environment' };
}

function ofProfile({ apiKey, tokenCommand }: Profile): Connection['credential'] {
  if (apiKey !== undefined) return { kind: 'apiKey', apiKey };
  return tokenCommand === undefined ? { kind: 'none' } : { kind: 'tokenCommand', command: tokenCommand };
}
