/** Resources that are remembered. Of further ones an old version could come again, which the gateway does not send. */
const MAX_RESOURCES = 10_000;

/** The newest version of each resource that has been seen, so that versions never go back. */
export class KnownVersions {
  private readonly versions = new Map<string, number>();

  constructor(private readonly max = MAX_RESOURCES) {}

  /** Remembers a version, and returns whether it is newer than the one before. */
  advance(kind: string, id: string, version: number): boolean {
    const key = `${kind} ${id}`;
    const known = this.versions.get(key);
    if (known !== undefined && version <= known) return false;
    // The oldest entry comes first.
    this.versions.delete(key);
    this.versions.set(key, version);
    if (this.versions.size > this.max) this.versions.delete(this.versions.keys().next().value ?? '');
    return true;
  }

  clear(): void {
    this.versions.clear();
  }
}
