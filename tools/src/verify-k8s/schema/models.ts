import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { type KubernetesObject } from '../objects/kubernetes-object';

/** By API group: the package with the models of its kinds. Groups of Kubernetes itself are in `kubernetes-models`. */
const PACKAGES: Readonly<Record<string, string>> = {
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'external-secrets.io': '@kubernetes-models/external-secrets',
  'keda.sh': '@kubernetes-models/keda',
};

/** The model of a kind: where its declaration is, and how it validates. */
export interface Model {
  readonly declaration: string;
  readonly interfaceName: string;
  /** Returns each violation of the schema, with its path. */
  violations(object: KubernetesObject): Promise<{ readonly path: string; readonly problem: string }[]>;
}

/** The model of an object's kind; undefined when no package has one. */
export function modelOf({ apiVersion, kind }: KubernetesObject): Model | undefined {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const stem = join(workspaceRoot(), 'node_modules', PACKAGES[group] ?? 'kubernetes-models', apiVersion, kind);
  if (!existsSync(`${stem}.js`)) return undefined;
  return {
    declaration: `${stem}.d.ts`,
    interfaceName: `I${kind}`,
    violations: async (object) => {
      const module = (await import(`${stem}.js`)) as Record<string, new (data: unknown) => { validate(): void }>;
      const Class = module[kind];
      if (Class === undefined) throw new TypeError(`${stem}.js does not export ${kind}`);
      return violationsOf(() => new Class(object).validate());
    },
  };
}

interface AjvError {
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: { readonly allowedValues?: readonly unknown[] };
}

function violationsOf(validate: () => void): { path: string; problem: string }[] {
  try {
    validate();
    return [];
  } catch (error) {
    const { errors } = error as { errors?: readonly AjvError[] };
    if (errors === undefined) throw error;
    return errors.map(({ instancePath, message = 'is not valid', params }) => ({
      path: instancePath
        .slice(1)
        .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
        .replaceAll('/', '.'),
      problem: params?.allowedValues ? `${message}: ${params.allowedValues.join(', ')}` : message,
    }));
  }
}
