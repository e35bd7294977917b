// npm run --silent k8s:secrets -- <directory>: prints the secrets of a directory as Kubernetes objects.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/k8s-secrets/main.js'));
