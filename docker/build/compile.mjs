// node compile.mjs <project>…: compiles projects with the commands of their targets "build", into dist/.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const usual = read('nx.json').targetDefaults.build.options.command;
for (const project of process.argv.slice(2)) {
  if (!existsSync(join(project, 'project.json'))) {
    console.error(`There is no ${project}: the build argument APP must be the name of a folder in apps/.`);
    process.exit(1);
  }
  if (!existsSync(join(project, 'src'))) continue;
  const command = read(join(project, 'project.json')).targets.build?.options?.command ?? usual;
  const { status } = spawnSync(command.replaceAll('{projectRoot}', project), { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
