import { generateKeyPairSync } from 'node:crypto';
import { loadConfig } from '../../config';
import { checksOf } from './explanation';

const { privateKey } = generateKeyPairSync('ed25519');
const { clerk } = loadConfig({
  NATS_URL: 'nats://127.0.0.1:4222',
  CLERK_ISSUER: 'https://clerk.example.com',
  ENVELOPE_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});

describe('checksOf', () => {
  it.each([
    [false, 'azp is listed if present; act is absent unless impersonation is allowed'],
    [true, 'azp is present and listed; act is absent unless impersonation is allowed'],
  ])('names the azp check of a Clerk session when CLERK_REQUIRE_AZP is %s', (requireAuthorizedParty, check) => {
    expect(checksOf('clerk_session', { ...clerk, requireAuthorizedParty })).toContain(check);
  });
});
