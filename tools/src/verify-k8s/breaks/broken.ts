import { type KubernetesObject } from '../objects/kubernetes-object';
import { type Container, type PodSpec, workloadsOf } from '../objects/workload';

/* eslint-disable @typescript-eslint/no-explicit-any -- Mutations reach into objects of every kind. */

/** One way to break a rule: the change, and where exactly the rule must find it. */
export type BrokenCase = readonly [
  rule: string,
  title: string,
  change: (broken: Broken) => void,
  object: string,
  field: string,
];

/** The manifests, to be broken in one place. */
export class Broken {
  constructor(
    readonly objects: KubernetesObject[],
    readonly project: any,
  ) {}

  object(kind: string, name: string): any {
    const found = this.objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
    return found;
  }

  pod(name: string): PodSpec {
    const found = workloadsOf(this.objects).find((workload) => workload.name === name);
    if (found === undefined) throw new Error(`There is no workload ${name}`);
    return found.pod;
  }

  container(name: string): Container {
    return this.pod(name).containers[0] as Container;
  }

  /** Adds an object of a kind. */
  add(kind: string, name: string): void {
    this.objects.push({ apiVersion: 'v1', kind, metadata: { name } });
  }

  remove(kind: string, name: string): void {
    this.objects.splice(this.objects.indexOf(this.object(kind, name) as KubernetesObject), 1);
  }

  /** Adds a service to the table, and to Compose. */
  deployNowhere(name: string): void {
    this.project.services.push({ name, opsPort: 9005, hasDatabase: false });
    this.project.composeServices.push(name);
  }

  /** Adds a key to an ExternalSecret. */
  addKey(name: string, key: string): void {
    this.object('ExternalSecret', name).spec.data.push({
      secretKey: key,
      remoteRef: { key: `gatehouse-${name}`, property: key },
    });
  }

  /** Adds an ExternalSecret with the data of another. */
  copyExternalSecret(name: string, copy: string): void {
    const { spec, metadata, ...rest } = copyOf(this.object('ExternalSecret', name));
    this.objects.push({ ...rest, metadata: { ...metadata, name: copy }, spec: { ...spec, target: { name: copy } } });
  }

  /** Leaves one service in the table. */
  onlyService(name: string): void {
    this.project.services = this.project.services.filter((service: { name: string }) => service.name === name);
  }

  setVariable(workload: string, name: string, value: string | undefined): void {
    const container = this.container(workload);
    container.env = (container.env ?? []).filter((variable) => variable.name !== name);
    if (value !== undefined) container.env.push({ name, value });
  }
}

/** A copy of plain data. Not by `structuredClone`, whose copies have prototypes of another realm under Jest. */
export function copyOf<T>(data: T): T {
  return JSON.parse(JSON.stringify(data)) as T;
}
