import { join } from 'node:path';
import { runCommand, workspaceRoot } from '@gatehouse/local-stack';

it('the types of @gatehouse/client are those of the OpenAPI document', async () => {
  // A process of its own: Jest takes seconds to load the compiler.
  const program = join(workspaceRoot(), 'dist/tools/src/client-types/main.js');
  const output = await runCommand(process.execPath, [program, '--check'], { timeoutMs: 120_000 });
  expect(output.match(/✓/g)).toHaveLength(2);
});
