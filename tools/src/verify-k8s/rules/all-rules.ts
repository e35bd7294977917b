import { type Rule } from '../manifests';
import { imageTags, noShell, podSecurity, resources } from './containers';
import { connections } from './connections';
import { alerts, monitors, natsAccounts, serviceTable } from './contracts';
import { kinds } from './kinds';
import { defaultDeny, entries, paths, ports } from './network';
import { probes } from './probes';
import { forwardAuth, references, routes, selectors } from './references';
import { releaseStep } from './release-step';
import { disruption, scaling } from './scaling';
import { externalSecrets, secretFiles } from './secrets';
import { rollout, shutdown } from './shutdown';
import { variables } from './variables';

/** Every rule of our own. */
export const allRules: readonly Rule[] = [
  kinds,
  serviceTable,
  variables,
  secretFiles,
  externalSecrets,
  podSecurity,
  resources,
  imageTags,
  noShell,
  probes,
  shutdown,
  rollout,
  releaseStep,
  defaultDeny,
  ports,
  entries,
  paths,
  selectors,
  references,
  routes,
  forwardAuth,
  disruption,
  scaling,
  connections,
  natsAccounts,
  monitors,
  alerts,
];
