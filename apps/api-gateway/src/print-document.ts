import '@gatehouse/node-version';
import { writeFileSync } from 'node:fs';
import { generateDocument } from './generate-document';

/** Prints the OpenAPI document, or writes it to the file that the first argument names. */
async function main(): Promise<void> {
  const [path] = process.argv.slice(2);
  const text = `${JSON.stringify(await generateDocument(), null, 2)}\n`;
  if (path === undefined) process.stdout.write(text);
  else writeFileSync(path, text);
}

main().catch((error: unknown) => {
  process.stderr.write(`openapi: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
});
