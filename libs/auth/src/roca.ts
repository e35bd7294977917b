const GENERATOR = 65_537;
/**
 * Largest prime that {@link isRocaModulus} tests. That test needs primes that divide the number M of the flawed key
 * generator (explained there). M is the product of the smallest primes; the longer the RSA key, the more of them. For
 * the shortest keys, the largest of these primes is 167. So the primes up to 167 divide M for every key length.
 */
const LARGEST_PRIME = 167;

/**
 * For each small prime: the residues modulo that prime that a ROCA modulus can have, which are the powers of 65537.
 * Leaves out primes such as 3, for which these are all residues but zero. Such a prime would exclude no modulus,
 * because no RSA modulus is a multiple of a small prime.
 */
const subgroups: readonly (readonly [prime: bigint, powers: ReadonlySet<bigint>])[] = primesTo(LARGEST_PRIME)
  .map((prime) => [BigInt(prime), powersModulo(prime)] as const)
  .filter(([prime, powers]) => powers.size < Number(prime) - 1);

/**
 * Whether an RSA modulus was made by the flawed key generator of Infineon's chips (ROCA, CVE-2017-15361). Each prime
 * from that generator is `k * M + (65537^a mod M)` for some `k` and `a`, where M is a product of small primes. So
 * modulo every prime factor of M, the RSA modulus is a power of 65537. About one in 240 million other moduli passes
 * this test too.
 * @see https://crocs.fi.muni.cz/public/papers/rsa_ccs17 (section 2.2)
 */
export function isRocaModulus(modulus: bigint): boolean {
  return subgroups.every(([prime, powers]) => powers.has(modulus % prime));
}

function primesTo(last: number): number[] {
  const primes: number[] = [];
  for (let number = 2; number <= last; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes;
}

function powersModulo(prime: number): ReadonlySet<bigint> {
  const powers = new Set<bigint>();
  for (let power = 1; !powers.has(BigInt(power)); power = (power * GENERATOR) % prime) powers.add(BigInt(power));
  return powers;
}
