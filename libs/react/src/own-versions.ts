const MAX_WRITES = 1_000;

/**
 * Versions that edits of this page have replaced. Somebody who edits twice in a row has seen the version before the first
 * edit: the second one must name the version after it, and must still fail if anybody else was in between.
 */
export class OwnVersions {
  private readonly successors = new Map<string, number>();

  /** The version that the page knows, given the one that the edit was made on. */
  latest(id: string, seen: number): number {
    const next = this.successors.get(`${id} ${seen}`);
    return next === undefined || next <= seen ? seen : this.latest(id, next);
  }

  replaced(id: string, before: number, after: number): void {
    this.successors.set(`${id} ${before}`, after);
    if (this.successors.size > MAX_WRITES) this.successors.delete(this.successors.keys().next().value ?? '');
  }
}
