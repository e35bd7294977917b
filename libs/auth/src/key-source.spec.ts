import { generateKeyPairSync } from 'node:crypto';
import { signingPair } from '../fixtures/clerk-tokens';
import { KeyInvalidError } from './errors';
import { pinnedKey } from './key-source';

describe('a pinned key', () => {
  it('verifies tokens with any key id', async () => {
    const source = pinnedKey(signingPair('ins_1').publicPem);
    await source.load();
    await expect(source.find('ins_2')).resolves.toMatchObject({ asymmetricKeyType: 'rsa' });
    await expect(source.find(undefined)).resolves.toBeDefined();
  });

  it('must be a public RSA key of 2048 bits or more', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const unfit = [
      'hunter2',
      signingPair('weak', 1024).publicPem,
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      signingPair('ins_1').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ];
    for (const pem of unfit) expect(() => pinnedKey(pem)).toThrow(KeyInvalidError);
  });
});
