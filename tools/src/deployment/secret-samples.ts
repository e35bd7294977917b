import { generateKeyPairSync } from 'node:crypto';
import { operatorSecrets, plannedSecrets } from '../make-secrets/secret-plan';

/** Values with the form of the secrets that only the operator has, some of them optional. */
const OPERATOR_SAMPLES: Readonly<Record<string, string>> = {
  CLERK_SECRET_KEY: 'sk_test_sample',
  LEGACY_JWT_SECRETS: 's'.repeat(32),
  RATE_LIMIT_STORE: 'rediss://:password@redis:6379',
  CLERK_WEBHOOK_SIGNING_SECRETS: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
};

/** A valid value of each secret variable that a deployment has, by name. */
export function secretSamples(): Record<string, string> {
  const made = new Map<string, string>();
  for (const { file, make } of plannedSecrets({ host: 'postgres', port: 5432 })) {
    made.set(
      file,
      make((other) => made.get(other) ?? ''),
    );
  }
  const byName = [...made].map(([file, value]) => [file.split('/')[1] ?? '', value] as const);
  return { ...Object.fromEntries(byName), ...OPERATOR_SAMPLES, CLERK_JWT_KEY: rsaPublicKey() };
}

function rsaPublicKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
}

/** By program: the names of its secret files, as `npm run secrets` makes them or asks the operator to write them. */
export function secretFileNames(): ReadonlyMap<string, readonly string[]> {
  const files = [...plannedSecrets({ host: 'postgres', port: 5432 }), ...operatorSecrets].map(({ file }) => file);
  const named = new Map<string, string[]>();
  for (const file of files) {
    const [program = '', name = ''] = file.split('/');
    named.set(program, [...(named.get(program) ?? []), name]);
  }
  return named;
}
