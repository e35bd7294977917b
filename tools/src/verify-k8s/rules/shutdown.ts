import { type Rule } from '../manifests';
import { nameOf } from '../objects/kubernetes-object';
import { appOf } from '../objects/workload';

/** Time that endpoints need to leave the routes of every node and gateway; seconds. */
const LEAST_PRE_STOP = 5;

/** A pod that ends first leaves its Service, then drains, and has the time for both. */
export const shutdown: Rule = {
  name: 'shutdown',
  guarantee: 'give every service the time to leave its Service and to drain',
  check: ({ workloads }, { services, drainSeconds }) =>
    workloads.flatMap(({ object, kind, pod }) =>
      pod.containers.flatMap((container) => {
        const service = services.find(({ name }) => name === appOf(container));
        if (service === undefined || kind === 'Job') return [];
        const waits = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
        const grace = pod.terminationGracePeriodSeconds ?? 30;
        const least = waits + drainSeconds;
        return [
          ...(service.port === undefined || waits >= LEAST_PRE_STOP
            ? []
            : [
                {
                  field: `${container.name}.lifecycle.preStop.sleep.seconds`,
                  problem: `must be ${LEAST_PRE_STOP} or more: until then requests still arrive`,
                },
              ]),
          ...(grace > least
            ? []
            : [
                {
                  field: 'terminationGracePeriodSeconds',
                  problem: `must be more than ${least}: ${waits} s of preStop and ${drainSeconds} s of drain`,
                },
              ]),
        ].map((fault) => ({ object: nameOf(object), ...fault }));
      }),
    ),
};

/** A rollout never has fewer replicas than before. */
export const rollout: Rule = {
  name: 'rollout',
  guarantee: 'replace pods without a moment with fewer of them',
  check: ({ workloads }, { services }) =>
    workloads
      .filter(({ kind, name }) => kind === 'Deployment' && services.some((service) => service.name === name))
      .filter(({ spec }) => spec.strategy?.rollingUpdate?.maxUnavailable !== 0)
      .map(({ object }) => ({
        object: nameOf(object),
        field: 'spec.strategy.rollingUpdate.maxUnavailable',
        problem: 'must be 0',
      })),
};
