import { checkConformance, conformanceTable, conforms } from './check-conformance';
import { checkFrontendApi, frontendTable } from './check-frontend-api';

/**
 * Compares the emulator's payloads with those recorded in `folder`, and the answers of its Frontend API with the schemas
 * in `schemas`. Prints the results. Exits with 1 on a difference.
 */
async function main(
  folder = 'apps/clerk-emulator/fixtures/clerk',
  schemas = 'apps/clerk-emulator/fixtures/clerk-frontend-api/schemas.json',
): Promise<void> {
  const rows = await checkConformance(folder);
  const frontendRows = await checkFrontendApi(schemas);
  process.stdout.write(`${conformanceTable(rows)}\n\n${frontendTable(frontendRows)}\n`);
  if (!conforms(rows) || frontendRows.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
}

void main(process.argv[2], process.argv[3]);
