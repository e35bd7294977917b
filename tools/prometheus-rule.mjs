// npm run --silent prometheus:rule: prints monitoring/alerts.yaml as a PrometheusRule of the Prometheus Operator.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from './bootstrap.mjs';

const HEAD = `# Made from monitoring/alerts.yaml: change that file, then run
# npm run --silent prometheus:rule > k8s/base/monitoring/prometheus-rule.yaml
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: gatehouse
  labels:
    app.kubernetes.io/part-of: gatehouse
spec:
`;

const rules = readFileSync(join(root, 'monitoring/alerts.yaml'), 'utf8');
const groups = rules.slice(rules.indexOf('groups:\n'));
const options = { parser: 'yaml', singleQuote: true, printWidth: 120 };
process.stdout.write(await format(HEAD + groups.replaceAll(/^(?=.)/gm, '  '), options));
