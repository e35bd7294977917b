/**
 * Index of one kind of value, such as usernames. Maps each value to its holders: the ids of the users who have it. Only
 * an e-mail address or phone number can have several holders.
 */
export class HolderIndex {
  private readonly first = new Map<string, string>();
  /** By value: its holders after the first. Most values have only one holder, and a set for each would waste memory. */
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

  /** Holders of the value, in the order in which they were added. */
  of(key: string): string[] {
    const first = this.first.get(key);
    return first === undefined ? [] : [first, ...(this.others.get(key) ?? [])];
  }

  clear(): void {
    this.first.clear();
    this.others.clear();
  }
}
