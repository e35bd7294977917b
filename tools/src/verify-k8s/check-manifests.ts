import { type Finding } from './finding';
import { manifestsOf, type Project } from './manifests';
import { type KubernetesObject } from './objects/kubernetes-object';
import { allRules } from './rules/all-rules';
import { schemaFindings } from './schema/schema-findings';

/** Checks the objects of an overlay. The rules need valid objects, so they run only when the schemas hold. */
export async function checkManifests(objects: readonly KubernetesObject[], project: Project): Promise<Finding[]> {
  const invalid = await schemaFindings(objects);
  return invalid.length > 0 ? invalid : ruleFindings(objects, project);
}

/** What our own rules find. */
export function ruleFindings(objects: readonly KubernetesObject[], project: Project): Finding[] {
  const manifests = manifestsOf(objects);
  return allRules.flatMap((rule) => rule.check(manifests, project).map((fault) => ({ rule: rule.name, ...fault })));
}
