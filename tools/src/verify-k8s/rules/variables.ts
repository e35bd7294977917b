import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFaults } from '../../deployment/environment-faults';
import { type Rule } from '../manifests';
import { nameOf } from '../objects/kubernetes-object';
import { readableEnvironment } from '../objects/readable-environment';
import { type MountedConfig, appOf, containersOf, mountedConfigs } from '../objects/workload';

/** Every container runs the program of its name, and gives it exactly the variables that it reads, with valid values. */
export const variables: Rule = {
  name: 'variables',
  guarantee: 'give each program the variables that it needs, and none that it does not read',
  check: ({ objects, workloads }, { programs, secretsFolder }) =>
    workloads.flatMap((workload) =>
      containersOf(workload)
        .filter((container) => appOf(container) !== undefined)
        .flatMap((container) => {
          const object = nameOf(workload.object);
          const program = programs.get(container.name);
          if (program === undefined) {
            const known = [...programs.keys()].join(', ');
            return [{ object, field: 'containers', problem: `has no program ${container.name}: use one of ${known}` }];
          }
          const wrongImage = appOf(container) !== program.image || container.args?.[0] !== program.path;
          if (wrongImage) {
            const problem = `must run ${program.path} of the image gatehouse/${program.image}`;
            return [{ object, field: `${container.name}.args`, problem }];
          }
          const environment = withConfigs(
            readableEnvironment(container, objects),
            mountedConfigs(container, workload.pod, objects),
            secretsFolder,
          );
          return environmentFaults(program, environment, secretsFolder).map((problem) => ({
            object,
            field: 'env',
            problem,
          }));
        }),
    ),
};

/** Writes the files of ConfigMaps that variables name into `folder`, and lets the variables name these. */
function withConfigs(
  environment: Readonly<Record<string, string>>,
  configs: readonly MountedConfig[],
  folder: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const config = configs.find(({ path }) => path === value);
      if (config === undefined) return [name, value];
      const copy = join(folder, `${name}.config`);
      writeFileSync(copy, config.text);
      return [name, copy];
    }),
  );
}
