import { type Rule } from '../manifests';
import { nameOf } from '../objects/kubernetes-object';
import { type Container, type Workload, containersOf, appOf } from '../objects/workload';

/** Checks each container on its own. `faults` returns pairs of a field and its problem. */
function containerRule(
  name: string,
  guarantee: string,
  faults: (container: Container, workload: Workload) => readonly (readonly [field: string, problem: string])[],
): Rule {
  return {
    name,
    guarantee,
    check: ({ workloads }) =>
      workloads.flatMap((workload) =>
        containersOf(workload).flatMap((container) =>
          faults(container, workload).map(([field, problem]) => ({
            object: nameOf(workload.object),
            field: `${container.name}.${field}`,
            problem,
          })),
        ),
      ),
  };
}

/** The pod passes the Pod Security standard "restricted", and its root file system is read-only. */
export const podSecurity = containerRule(
  'pod-security',
  'run every container as a user without rights, on a read-only root file system',
  ({ securityContext = {}, ports = [] }, { pod }) => {
    const shared = pod.securityContext ?? {};
    const checks: [boolean, string, string][] = [
      [shared.runAsNonRoot === true, 'pod.securityContext.runAsNonRoot', 'must be true'],
      [securityContext.runAsNonRoot !== false, 'securityContext.runAsNonRoot', 'must not be false'],
      [
        (securityContext.runAsUser ?? shared.runAsUser ?? 0) > 0,
        'pod.securityContext.runAsUser',
        'must be a user other than root (0)',
      ],
      [
        shared.seccompProfile?.type === 'RuntimeDefault',
        'pod.securityContext.seccompProfile.type',
        'must be RuntimeDefault',
      ],
      [securityContext.seccompProfile === undefined, 'securityContext.seccompProfile', 'must be absent'],
      [securityContext.readOnlyRootFilesystem === true, 'securityContext.readOnlyRootFilesystem', 'must be true'],
      [securityContext.allowPrivilegeEscalation === false, 'securityContext.allowPrivilegeEscalation', 'must be false'],
      [securityContext.privileged !== true, 'securityContext.privileged', 'must not be true'],
      [
        securityContext.capabilities?.drop?.includes('ALL') === true,
        'securityContext.capabilities.drop',
        'must be [ALL]',
      ],
      [securityContext.capabilities?.add === undefined, 'securityContext.capabilities.add', 'must be absent'],
      ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).map((name): [boolean, string, string] => [
        pod[name] !== true,
        `pod.${name}`,
        'must not be true',
      ]),
      [(pod.volumes ?? []).every(({ hostPath }) => hostPath === undefined), 'pod.volumes', 'must be no hostPath'],
      [ports.every(({ hostPort }) => hostPort === undefined), 'ports', 'must have no hostPort'],
    ];
    return checks.filter(([holds]) => !holds).map(([, field, problem]) => [field, problem] as const);
  },
);

/** Requests place the pod; the limit of memory protects its neighbours. */
export const resources = containerRule(
  'resources',
  'request processor time and memory for every container, and limit its memory',
  ({ resources: { requests = {}, limits = {} } = {} }) => [
    ...['cpu', 'memory']
      .filter((name) => !requests[name])
      .map((name) => [`resources.requests.${name}`, 'is required'] as const),
    ...(limits.memory ? [] : [['resources.limits.memory', 'is required'] as const]),
  ],
);

/** An image with a fixed tag or a digest. */
export const imageTags = containerRule('image-tags', 'name the version of every image', ({ image = '' }) => {
  const [, tag] = /:([^/:@]+)(?:@.*)?$/.exec(image) ?? [];
  if (image.includes('@sha256:') || (tag !== undefined && tag !== 'latest')) return [];
  return [['image', `${image} needs a tag other than latest, or a digest`]];
});

/** Our programs are called without a shell, and by their path, so that one image runs them all. */
export const noShell = containerRule('no-shell', 'start our programs by Node.js, without a shell', (container) => {
  if (appOf(container) === undefined) return [];
  return container.command === undefined ? [] : [['command', 'must be absent: the image starts Node.js; set args']];
});
