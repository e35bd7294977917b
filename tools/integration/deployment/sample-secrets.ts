import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretSamples } from '../../src/deployment/secret-samples';
import { makeSecrets } from '../../src/make-secrets/make-secrets';
import { operatorSecrets } from '../../src/make-secrets/secret-plan';

/** Makes a temporary folder with the secrets of a deployment on one machine, among them samples of Clerk's. */
export function sampleSecrets(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-sample-secrets-'));
  makeSecrets(directory, { host: '127.0.0.1', port: 5432 });
  const samples = secretSamples();
  for (const { file } of operatorSecrets) writeFileSync(join(directory, file), samples[file.split('/')[1] ?? ''] ?? '');
  return directory;
}
