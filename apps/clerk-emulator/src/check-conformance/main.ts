import { checkConformance, conformanceTable, conforms } from './check-conformance';

/** Prints the table for the folder of payloads that the first argument names; exit code 1 on a difference. */
async function main(folder = 'apps/clerk-emulator/fixtures/clerk'): Promise<void> {
  const rows = await checkConformance(folder);
  process.stdout.write(`${conformanceTable(rows)}\n`);
  if (!conforms(rows)) process.exitCode = 1;
}

void main(process.argv[2]);
