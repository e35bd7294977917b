import { SchemaMissingError } from '../errors';
import { type Finding } from '../finding';
import { type KubernetesObject, nameOf } from '../objects/kubernetes-object';
import { customResources, customViolations } from './custom-resources';
import { modelOf } from './models';
import { DeclaredTypes } from './unknown-fields';

/**
 * Validates each object against the schema of its kind. Unknown fields are violations.
 * @throws SchemaMissingError
 */
export async function schemaFindings(objects: readonly KubernetesObject[]): Promise<Finding[]> {
  const custom = customResources();
  const models = objects.map((object) => modelOf(object));
  const types = new DeclaredTypes([...new Set(models.flatMap((model) => model?.declaration ?? []))]);
  const found = await Promise.all(
    objects.map(async (object, index) => {
      const model = models[index];
      const finding = (field: string, problem: string): Finding => ({
        ...{ rule: 'schema', object: nameOf(object), field },
        problem,
      });
      if (model === undefined) {
        const validator = custom.get(`${object.apiVersion} ${object.kind}`);
        if (validator === undefined) throw new SchemaMissingError(`${object.apiVersion} ${object.kind}`);
        return customViolations(validator, object).map(({ path, problem }) => finding(path, problem));
      }
      const unknown = types.unknownFields(model.declaration, model.interfaceName, object);
      const violations = await model.violations(object);
      return [
        ...violations.map(({ path, problem }) => finding(path, problem)),
        ...unknown.map(({ path, allowed }) => finding(path, `is not a field: use one of ${allowed.join(', ')}`)),
      ];
    }),
  );
  return found.flat();
}
