/** Whether one of the scopes grants a permission; either side of a scope may be `*`. */
export function grants(scopes: readonly string[], permission: string): boolean {
  return scopes.some((scope) => scope === permission || scope === '*:*' || grantsByWildcard(scope, permission));
}

function grantsByWildcard(scope: string, permission: string): boolean {
  const [noun, verb] = permission.split(':');
  return scope === `${noun}:*` || scope === `*:${verb}`;
}
