import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends only on the arguments. */
export function seededFraction(seed: string, ...key: readonly (string | number)[]): number {
  return seededBytes(seed, ...key).readUInt32BE(0) / 2 ** 32;
}

/** 32 bytes that depend only on the arguments. */
export function seededBytes(seed: string, ...key: readonly (string | number)[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([seed, ...key]))
    .digest();
}

/**
 * Random generator whose sequence depends only on its seed (mulberry32). Good enough for test data; never use it for
 * secrets.
 */
export class SeededRandom {
  private state: number;

  constructor(seed: string) {
    this.state = seededBytes(seed).readUInt32BE(0);
  }

  /** The next number in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** The next whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** A random element of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
  pick<T>(list: readonly T[]): T | undefined;
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** The next bytes of the sequence. */
  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.below(256);
    return bytes;
  }
}
