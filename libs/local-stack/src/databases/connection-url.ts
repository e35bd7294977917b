/** Returns `url` with the given database, role or password in place of its own. Escapes the new values. */
export function connectionUrl(url: string, change: { database?: string; role?: string; password?: string }): string {
  const changed = new URL(url);
  if (change.database !== undefined) changed.pathname = `/${encodeURIComponent(change.database)}`;
  if (change.role !== undefined) changed.username = encodeURIComponent(change.role);
  if (change.password !== undefined) changed.password = encodeURIComponent(change.password);
  return changed.toString();
}
