import { generateKeyPairSync } from 'node:crypto';
import { loadConfig } from '../../config';
import { checksOf } from './explanation';

const { privateKey } = generateKeyPairSync('ed25519');
const { clerk } = loadConfig({
  NATS_URL: 'nats://127.0.0.1:4222',
  CLERK_ISSUER: 'https://clerk.example.com',
  ENVELOPE_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});

describe('the checks of a Clerk session', () => {
  it.each([
    [false, 'azp is listed when it is there, act only where impersonation is allowed'],
    [true, 'azp is there and listed, act only where impersonation is allowed'],
  ])('say whether azp is required (%s)', (requireAuthorizedParty, check) => {
    expect(checksOf('clerk_session', { ...clerk, requireAuthorizedParty })).toContain(check);
  });
});
