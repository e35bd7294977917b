import { type BrokenCase } from './broken';

const gateway = 'Deployment api-gateway';

/** What breaks the rules of secrets. */
export const secretsBreaks: readonly BrokenCase[] = [
  [
    'secret-files',
    'a variable whose file is not mounted',
    (b) => b.setVariable('stream-keeper', 'NATS_CA_FILE', '/etc/nats/ca.crt'),
    'Deployment stream-keeper',
    'env.NATS_CA_FILE',
  ],
  [
    'secret-files',
    'an optional secret without its variable',
    (b) => b.addKey('api-gateway', 'LEGACY_JWT_SECRETS'),
    gateway,
    'volumes',
  ],
  [
    'secret-files',
    'an optional secret without its key',
    (b) => b.setVariable('api-gateway', 'LEGACY_JWT_SECRETS_FILE', '/etc/gatehouse/secrets/LEGACY_JWT_SECRETS'),
    gateway,
    'env.LEGACY_JWT_SECRETS_FILE',
  ],
  [
    'secret-files',
    'a file that Kubernetes never updates',
    (b) => (b.container('user-sync').volumeMounts![0]!.subPath = 'x'),
    'Deployment user-sync',
    'volumeMounts',
  ],
  [
    'secret-files',
    'a mounted secret without a variable',
    (b) => b.setVariable('user-sync', 'DATABASE_CA_FILE', undefined),
    'Deployment user-sync',
    'volumes',
  ],
  [
    'external-secrets',
    'a Secret that nothing makes',
    (b) => b.remove('ExternalSecret', 'nats-setup'),
    'Job nats-setup',
    'volumes',
  ],
  [
    'external-secrets',
    'an ExternalSecret that nothing uses',
    (b) => b.copyExternalSecret('nats-setup', 'unused'),
    'ExternalSecret unused',
    'data.NATS_PASSWORD',
  ],
  [
    'external-secrets',
    'a store entry that npm run secrets does not make',
    (b) => (b.object('ExternalSecret', 'nats-setup').spec.data[0].remoteRef.property = 'PASSWORD'),
    'ExternalSecret nats-setup',
    'data.NATS_PASSWORD',
  ],
];
