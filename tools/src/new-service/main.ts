import { workspaceRoot } from '@gatehouse/local-stack';
import { createService } from './create-service';
import { PlaceNotFoundError, ServiceNameInvalidError } from './errors';

void main();

async function main(): Promise<void> {
  try {
    const written = await createService(workspaceRoot(), process.argv[2] ?? '');
    console.log(written.map((path) => `✓ ${path}`).join('\n'));
    console.log(
      'Now run npm run k8s:accounts: the accounts of nats-server on Kubernetes follow from the table of services.',
    );
    console.log('npm start runs the service now. What to do next is in docs/contributing/add-a-service.md.');
  } catch (error) {
    if (!(error instanceof ServiceNameInvalidError || error instanceof PlaceNotFoundError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
