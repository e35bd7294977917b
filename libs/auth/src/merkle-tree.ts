import { hash } from 'node:crypto';

/** Proves that a tree contains a leaf. @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3 */
export interface InclusionProof {
  /** Position of the leaf, from 0. */
  readonly index: number;
  /** Number of leaves. */
  readonly size: number;
  /** Hashes of the subtrees beside the way from the leaf to the root, in this order. */
  readonly path: readonly Buffer[];
}

/** A tree over one or more leaves. */
export interface MerkleTree {
  readonly root: Buffer;
  /** By position of the leaf, its {@link InclusionProof.path}. */
  readonly paths: readonly (readonly Buffer[])[];
}

/** Length of the hash of a leaf or a node (SHA-256). */
export const HASH_BYTES = 32;
// A leaf never has the hash of a node, because the two begin with different bytes.
const LEAF = '\0';
const NODE = Buffer.of(1);

/** Hash of a leaf with this text. */
export function leafHash(text: string): Buffer {
  return hash('sha256', LEAF + text, 'buffer');
}

/** Builds the tree of one or more leaves. @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.1 */
export function merkleTree(leaves: readonly Buffer[]): MerkleTree {
  const [leaf = Buffer.alloc(0)] = leaves;
  if (leaves.length <= 1) return { root: leaf, paths: [[]] };
  const split = leftSize(leaves.length);
  const [left, right] = [merkleTree(leaves.slice(0, split)), merkleTree(leaves.slice(split))];
  return {
    root: nodeHash(left.root, right.root),
    paths: [...left.paths.map((path) => [...path, right.root]), ...right.paths.map((path) => [...path, left.root])],
  };
}

/** Returns the root that follows from a leaf and its proof, or undefined if a tree of this size has no such path. */
export function rootOf(leaf: Buffer, { index, size, path }: InclusionProof): Buffer | undefined {
  if (index >= size) return undefined;
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const beside = path.at(-1);
  if (beside === undefined) return undefined;
  const [split, rest] = [leftSize(size), path.slice(0, -1)];
  const isLeft = index < split;
  const within = isLeft ? { index, size: split, path: rest } : { index: index - split, size: size - split, path: rest };
  const subtree = rootOf(leaf, within);
  if (subtree === undefined) return undefined;
  return isLeft ? nodeHash(subtree, beside) : nodeHash(beside, subtree);
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

/** Number of leaves of the left subtree: the largest power of two below the number of all. */
function leftSize(leaves: number): number {
  return 2 ** (31 - Math.clz32(leaves - 1));
}
