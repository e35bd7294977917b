import { type Manifests, type Rule } from '../manifests';
import { type KubernetesObject, nameOf, selects } from '../objects/kubernetes-object';
import { policiesOf } from '../objects/network-policy';

/** Label of everything that a release applies before its services. */
const LABEL = 'app.kubernetes.io/component';
const RELEASE_STEP = 'release-step';

/** Kinds that the Jobs of a release may need: secrets, databases and roles. */
const NEEDED_KINDS = ['ExternalSecret', 'Cluster', 'Database'];

/** The Jobs of a release run before its other objects are applied, so what they need is applied with them. */
export const releaseStep: Rule = {
  name: 'release-step',
  guarantee: 'apply with the Jobs of a release what these need: accounts, ways out, secrets, databases',
  check: (manifests) =>
    neededByJobs(manifests)
      .filter(({ metadata }) => metadata.labels?.[LABEL] !== RELEASE_STEP)
      .map((object) => ({
        object: nameOf(object),
        field: `metadata.labels["${LABEL}"]`,
        problem: `must be ${RELEASE_STEP}: an upgrade applies it before the services`,
      })),
};

function neededByJobs({ objects, workloads }: Manifests): KubernetesObject[] {
  const jobs = workloads.filter(({ kind }) => kind === 'Job');
  const accounts = jobs.map(({ pod }) => pod.serviceAccountName);
  return [
    ...jobs.map(({ object }) => object),
    ...objects.filter(({ kind, metadata }) => kind === 'ServiceAccount' && accounts.includes(metadata.name)),
    ...policiesOf(objects).filter(
      ({ spec }) => !selects(spec.podSelector, {}) && jobs.some(({ labels }) => selects(spec.podSelector, labels)),
    ),
    ...objects.filter(({ kind }) => NEEDED_KINDS.includes(kind)),
  ];
}
