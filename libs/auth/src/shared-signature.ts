import { HASH_BYTES, type InclusionProof, leafHash, merkleTree, rootOf } from './merkle-tree';

/** Maximum number of envelopes under one signature. */
export const MAX_ENVELOPES = 64;

/** Bytes before the path of an encoded proof: the index of the envelope and the number of envelopes. */
const PREFIX_BYTES = 2;
/** Begins every signed root. An envelope with a signature of its own signs base64url, which has no such character. */
const CONTEXT = Buffer.from('gatehouse envelopes\0');

/** Writes the envelopes of 2 to {@link MAX_ENVELOPES} claims, each with the signature and its proof. */
export function shareSignature(claims: readonly string[], sign: (signed: Buffer) => string): string[] {
  const size = claims.length;
  const { root, paths } = merkleTree(claims.map(leafHash));
  const signature = sign(signedRoot(size, root));
  return claims.map((text, index) => {
    const proof = encodeProof({ index, size, path: paths[index] ?? [] });
    return `${text}.${signature}.${proof.toString('base64url')}`;
  });
}

/** What the gateway signs for several envelopes: the number of them and the root of the tree over their claims. */
export function signedRoot(size: number, root: Buffer): Buffer {
  return Buffer.concat([CONTEXT, Buffer.of(size), root]);
}

/** What the gateway signed for several envelopes, one of which has these claims. Undefined for a malformed proof. */
export function signedRootOf(claims: string, proof: Buffer): Buffer | undefined {
  const decoded = decodeProof(proof);
  const root = decoded && rootOf(leafHash(claims), decoded);
  return root && signedRoot(decoded.size, root);
}

/** A proof as an envelope carries it, before base64url. */
export function encodeProof({ index, size, path }: InclusionProof): Buffer {
  return Buffer.concat([Buffer.of(index, size), ...path]);
}

function decodeProof(proof: Buffer): InclusionProof | undefined {
  const [index, size] = proof;
  const hashes = (proof.length - PREFIX_BYTES) / HASH_BYTES;
  if (index === undefined || size === undefined || !Number.isInteger(hashes)) return undefined;
  if (size < 2 || size > MAX_ENVELOPES) return undefined;
  const from = (at: number) => PREFIX_BYTES + at * HASH_BYTES;
  const path = Array.from({ length: hashes }, (_, at) => proof.subarray(from(at), from(at + 1)));
  return { index, size, path };
}
