import { type Rule } from '../manifests';
import { nameOf } from '../objects/kubernetes-object';
import { appOf } from '../objects/workload';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** Every long-running container has its three probes; those of our services are the documented ones. */
export const probes: Rule = {
  name: 'probes',
  guarantee: 'probe every service: readiness as documented, liveness by /healthz alone',
  check: ({ workloads }, { readinessPaths }) =>
    workloads
      .filter(({ kind }) => kind !== 'Job')
      .flatMap(({ object, pod }) =>
        pod.containers.flatMap((container) => {
          const app = appOf(container) ?? '';
          const wanted: Record<(typeof PROBES)[number], string | undefined> = {
            startupProbe: readinessPaths.has(app) ? '/healthz' : undefined,
            readinessProbe: readinessPaths.get(app),
            livenessProbe: readinessPaths.has(app) ? '/healthz' : undefined,
          };
          return PROBES.flatMap((name) => {
            const field = `${container.name}.${name}`;
            const probe = container[name];
            if (probe === undefined) return [{ object: nameOf(object), field, problem: 'is required' }];
            const path = wanted[name];
            if (path === undefined) return [];
            return [
              ...(probe.httpGet?.path === path ? [] : [{ field: `${field}.httpGet.path`, problem: `must be ${path}` }]),
              ...(probe.httpGet?.port === 'ops' ? [] : [{ field: `${field}.httpGet.port`, problem: 'must be ops' }]),
            ].map((fault) => ({ object: nameOf(object), ...fault }));
          });
        }),
      ),
};
