import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceNames } from './service-names';
import { type TableEntry } from './table-entries';

/** The service whose manifests a new service begins with: it has no HTTP server for clients, and no database. */
const MODEL = 'stream-keeper';
const MODEL_PORT = '9004';

/** By path: the manifests of a new service. They are those of stream-keeper, with the public key of the gateway. */
export function kubernetesFiles(root: string, { kebab }: ServiceNames, opsPort: number): Record<string, string> {
  const folder = `k8s/base/${MODEL}`;
  const named = (text: string) => text.replaceAll(MODEL, kebab).replaceAll(MODEL_PORT, String(opsPort));
  const copies = readdirSync(join(root, folder)).map((file) => [
    `k8s/base/${kebab}/${file}`,
    file === 'settings.env' ? 'LOG_LEVEL=info\n' : withPublicKey(named(readFileSync(join(root, folder, file), 'utf8'))),
  ]);
  const secret = named(readFileSync(join(root, `k8s/base/secrets/${MODEL}.yaml`), 'utf8'));
  return {
    ...(Object.fromEntries(copies) as Record<string, string>),
    [`k8s/base/secrets/${kebab}.yaml`]: `${secret}    - secretKey: ENVELOPE_PUBLIC_KEYS
      remoteRef:
        key: gatehouse-${kebab}
        property: ENVELOPE_PUBLIC_KEYS
`,
  };
}

/** The entries of a new service in the other manifests. */
export function kubernetesEntries(root: string, { kebab }: ServiceNames): TableEntry[] {
  const [production, dev] = ['production', 'dev'].map((name) => `k8s/overlays/${name}/kustomization.yaml`) as [
    string,
    string,
  ];
  const image = { before: '  - name: gatehouse/api-gateway' };
  const tag = /newTag: (\S+)/.exec(readFileSync(join(root, production), 'utf8'))?.[1] ?? '';
  const resource = `  - ../../base/${kebab}`;
  return [
    { file: production, line: resource, before: '  - ../../base/scaling' },
    {
      ...image,
      file: production,
      line: `  - name: gatehouse/${kebab}\n    newName: registry.example.com/gatehouse/${kebab}\n    newTag: ${tag}`,
    },
    { file: dev, line: resource, before: '  - nats' },
    { ...image, file: dev, line: `  - name: gatehouse/${kebab}\n    newTag: dev` },
    { file: 'k8s/base/secrets/kustomization.yaml', line: `  - ${kebab}.yaml`, before: '  - nats-server.yaml' },
    {
      file: 'k8s/base/nats/network-policy.yaml',
      line: `        - podSelector:\n            matchLabels:\n              app.kubernetes.io/name: ${kebab}`,
      before: '      ports:',
    },
  ];
}

function withPublicKey(text: string): string {
  const password = /^( *)- name: NATS_PASSWORD_FILE\n.*\n/m;
  return text.replace(
    password,
    (found, indent: string) =>
      `${found}${indent}- name: ENVELOPE_PUBLIC_KEYS_FILE\n${indent}  value: /etc/gatehouse/secrets/ENVELOPE_PUBLIC_KEYS\n`,
  );
}
