import { budgets } from './budget-scenarios';
import { ingestAlerts } from './ingest-scenarios';
import { days, otherAlerts } from './other-scenarios';
import { type Scenario } from './scenario';
import { secrets, services } from './service-scenarios';
import { syncAlerts } from './sync-scenarios';

export const scenarios: readonly Scenario[] = [
  ...services,
  ...secrets,
  ...budgets,
  ...ingestAlerts,
  ...syncAlerts,
  ...otherAlerts,
  ...days,
];
