/** Ids of the users who hold a value: one as a rule, several only of an address that none of them has verified. */
export class HolderIndex {
  private readonly first = new Map<string, string>();
  /** Holders after the first. Kept apart, because a hundred thousand values with one holder each need no sets. */
  private readonly others = new Map<string, Set<string>>();

  add(key: string, id: string): void {
    const first = this.first.get(key);
    if (first === undefined) this.first.set(key, id);
    else if (first !== id) this.others.set(key, (this.others.get(key) ?? new Set()).add(id));
  }

  delete(key: string, id: string): void {
    const others = this.others.get(key);
    if (this.first.get(key) === id) {
      const [next] = others ?? [];
      if (next === undefined) this.first.delete(key);
      else this.first.set(key, next);
      others?.delete(next ?? id);
    } else others?.delete(id);
    if (others?.size === 0) this.others.delete(key);
  }

  /** In the order in which they came. */
  of(key: string): string[] {
    const first = this.first.get(key);
    return first === undefined ? [] : [first, ...(this.others.get(key) ?? [])];
  }

  clear(): void {
    this.first.clear();
    this.others.clear();
  }
}
