import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindClerk, clerkSource } from './clerk-source';

describe('the Clerk that npm start uses', () => {
  it.each([
    'CLERK_API_URL',
    'CLERK_INSTANCE_ID',
    'CLERK_ISSUER',
    'CLERK_JWKS_URL',
    'CLERK_JWT_KEY',
    'CLERK_SECRET_KEY',
    'CLERK_SECRET_KEY_FILE',
    'CLERK_WEBHOOK_SIGNING_SECRET',
    'CLERK_WEBHOOK_SIGNING_SECRETS',
  ])("is the caller's own when %s is set", (variable) => {
    expect(clerkSource({ [variable]: 'x' })).toMatchObject({ kind: 'own', settings: [variable] });
    expect(clerkSource({ [variable]: '' })).toEqual({ kind: 'emulator' });
  });

  it.each(['CLERK_AUTHORIZED_PARTIES', 'CLERK_WRITE_BACK', 'CLERK_SEED_ROLES', 'CLERK_EMULATOR_SEED'])(
    'is the emulator when only %s is set, because that also applies to the emulator',
    (variable) => expect(clerkSource({ [variable]: 'x' })).toEqual({ kind: 'emulator' }),
  );
});

describe('a state directory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-source-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const own = (issuer: string) => clerkSource({ CLERK_ISSUER: issuer });

  it('with data of the emulator is rejected for a real Clerk, and the reverse', () => {
    bindClerk(directory, { kind: 'emulator' });
    bindClerk(directory, { kind: 'emulator' });
    expect(() => bindClerk(directory, own('https://clerk.example.com'))).toThrow(
      `The data in ${directory} belongs to the Clerk emulator: set GATEHOUSE_STATE_DIR to another folder`,
    );
    rmSync(join(directory, 'clerk-source.json'));
    bindClerk(directory, own('https://clerk.example.com/'));
    bindClerk(directory, own('https://clerk.example.com'));
    expect(() => bindClerk(directory, { kind: 'emulator' })).toThrow('belongs to another Clerk instance');
    expect(() => bindClerk(directory, own('https://clerk.other.example'))).toThrow('belongs to another Clerk instance');
  });

  it('with users of the emulator counts as bound to the emulator', () => {
    writeFileSync(join(directory, 'clerk-emulator.json'), '{}');
    expect(() => bindClerk(directory, own('https://clerk.example.com'))).toThrow('belongs to the Clerk emulator');
  });
});
