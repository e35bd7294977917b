import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionOf } from './connection';
import { profilePath, readProfiles, writeProfiles } from './profile-file';

describe('the gateway and the credential', () => {
  let folder: string;
  let path: string;
  const connect = (options: Parameters<typeof connectionOf>[0], env: NodeJS.ProcessEnv = {}) =>
    connectionOf(options, { env: { XDG_CONFIG_HOME: folder, ...env } });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
    path = profilePath({ XDG_CONFIG_HOME: folder });
    const profiles = {
      production: { url: 'https://api.example.com/', apiKey: 'sk_prod' },
      staging: { url: 'https://stg.example.com', tokenCommand: 'mint' },
    };
    writeProfiles(path, { current: 'production', profiles });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('come from the profile in use', () => {
    expect(connect({})).toEqual({
      url: 'https://api.example.com',
      credential: { kind: 'apiKey', apiKey: 'sk_prod' },
      from: 'profile production',
    });
  });

  it('come from the environment together, never the address from one place and the key from another', () => {
    const env = { GATEHOUSE_URL: 'https://other.example.com' };
    expect(connect({}, env).credential).toEqual({ kind: 'none' });
    expect(connect({ url: 'http://127.0.0.1:8080' }).credential).toEqual({ kind: 'none' });
    expect(connect({ profile: 'staging' }, { ...env, GATEHOUSE_API_KEY: 'sk_other' })).toMatchObject({
      url: 'https://stg.example.com',
      credential: { kind: 'tokenCommand', command: 'mint' },
    });
  });

  it('do not come from the environment for another gateway than the one that it names', () => {
    const env = { GATEHOUSE_URL: 'https://api.example.com', GATEHOUSE_API_KEY: 'sk_prod' };
    expect(connect({ url: 'https://api.example.com/' }, env).credential).toMatchObject({ apiKey: 'sk_prod' });
    expect(() => connect({ url: 'https://stg.example.com' }, env)).toThrow('--url is not GATEHOUSE_URL');
  });

  it.each([
    ['not an address', 'must be an address'],
    ['ftp://api.example.com', 'must begin with https://'],
    ['http://api.example.com', 'must begin with https://'],
    ['https://user:secret@api.example.com', 'no user'],
  ])('are refused with the address %s, without its text', (url, message) => {
    expect(() => connect({}, { GATEHOUSE_URL: url })).toThrow(message);
    expect(() => connect({}, { GATEHOUSE_URL: url })).not.toThrow('secret');
  });

  it('are refused with two credentials, or a profile that does not exist', () => {
    const env = { GATEHOUSE_URL: 'https://api.example.com', GATEHOUSE_API_KEY: 'a', GATEHOUSE_TOKEN: 'b' };
    expect(() => connect({}, env)).toThrow('Set one of');
    expect(() => connect({ profile: 'constructor' })).toThrow('There is no profile constructor');
    expect(() => connect({ profile: 'staging', url: 'https://api.example.com' })).toThrow('not both');
  });

  it('are stored for their owner alone, and refused when others can read them', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    expect(() => connect({})).toThrow('chmod 600');
  });

  it.each([
    ['{', 'is not JSON'],
    ['{"current":null}', 'profiles must be an object'],
    ['{"current":null,"profiles":{"a":{"apiKey":"sk_secret"}}}', 'profiles.a.url is missing'],
    [
      '{"current":null,"profiles":{"a":{"url":"https://a.example.com","key":"sk_secret"}}}',
      'profiles.a must not have key',
    ],
  ])('name what is wrong in the file, and no secret: %s', (text, message) => {
    writeFileSync(path, text);
    expect(() => readProfiles(path)).toThrow(message);
    expect(() => readProfiles(path)).not.toThrow('sk_secret');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
