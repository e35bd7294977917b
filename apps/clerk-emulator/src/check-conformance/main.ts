import { checkConformance, conformanceTable, conforms } from './check-conformance';

/**
 * Compares the emulator's payloads with those recorded in `folder` and prints the result. Exits with 1 on a difference.
 */
async function main(folder = 'apps/clerk-emulator/fixtures/clerk'): Promise<void> {
  const rows = await checkConformance(folder);
  process.stdout.write(`${conformanceTable(rows)}\n`);
  if (!conforms(rows)) process.exitCode = 1;
}

void main(process.argv[2]);
