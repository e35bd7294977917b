import { type Rule } from '../manifests';
import { nameOf, ofKind, selects, type LabelSelector } from '../objects/kubernetes-object';
import { type AutoscalerSpec, type ScaledObjectSpec, scaledReplicas } from '../objects/scaled-replicas';

interface BudgetSpec {
  maxUnavailable?: number | string;
  minAvailable?: number | string;
  readonly selector: LabelSelector;
}

/** A node can be drained: each budget leaves room for an eviction, and several replicas have a budget. */
export const disruption: Rule = {
  name: 'disruption',
  guarantee: 'let every node be drained, one replica at a time',
  check: ({ objects, workloads }, { services }) => {
    const scaled = scaledReplicas(objects);
    const budgets = ofKind<BudgetSpec>(objects, 'PodDisruptionBudget');
    return workloads
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(({ object, name, labels, spec }) => {
        const replicas = scaled.get(name)?.least ?? spec.replicas ?? 1;
        const own = budgets.filter((budget) => selects(budget.spec.selector, labels));
        if (own.length === 0 && services.some((service) => service.name === name)) {
          return [{ object: nameOf(object), field: 'PodDisruptionBudget', problem: 'is required' }];
        }
        return own
          .filter(({ spec: { maxUnavailable, minAvailable } }) => {
            const room = maxUnavailable ?? (typeof minAvailable === 'number' ? replicas - minAvailable : undefined);
            return typeof room !== 'number' || room < 1;
          })
          .map((budget) => ({
            object: nameOf(budget),
            field: 'spec',
            problem: `must let 1 of ${replicas} replicas be evicted: use maxUnavailable: 1`,
          }));
      });
  },
};

/** Autoscalers scale Deployments that exist and set no number themselves, by metrics that exist. */
export const scaling: Rule = {
  name: 'scaling',
  guarantee: 'scale Deployments that exist, by metrics that exist',
  check: ({ objects, workloads }, { metrics }) => {
    const autoscalers = [
      ...ofKind<AutoscalerSpec>(objects, 'HorizontalPodAutoscaler'),
      ...ofKind<ScaledObjectSpec>(objects, 'ScaledObject'),
    ];
    const targets = autoscalers.flatMap((autoscaler) => {
      const { name } = autoscaler.spec.scaleTargetRef;
      const target = workloads.find((workload) => workload.kind === 'Deployment' && workload.name === name);
      const object = nameOf(autoscaler);
      if (target === undefined)
        return [{ object, field: 'spec.scaleTargetRef.name', problem: `${name} is no Deployment` }];
      if (target.spec.replicas === undefined) return [];
      return [{ object: nameOf(target.object), field: 'spec.replicas', problem: `must be absent: ${object} sets it` }];
    });
    const queries = ofKind<ScaledObjectSpec>(objects, 'ScaledObject').flatMap((scaled) =>
      scaled.spec.triggers.flatMap(({ metadata: { query = '' } }, index) =>
        (query.match(/gatehouse_\w+/g) ?? ['no metric'])
          .filter((metric) => !metrics.includes(metric))
          .map((metric) => ({
            object: nameOf(scaled),
            field: `spec.triggers[${index}].metadata.query`,
            problem: `uses ${metric}, which docs/reference/metrics.md does not list`,
          })),
      ),
    );
    return [...targets, ...queries];
  },
};
