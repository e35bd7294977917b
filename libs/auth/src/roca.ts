const GENERATOR = 65_537;
/**
 * Largest prime that {@link isRocaModulus} tests. Only primes that divide M can be tested: M is the product of primes
 * that {@link isRocaModulus} describes. M contains all primes up to a limit that grows with the length of the RSA key.
 * For the shortest keys the limit is 167. So the primes up to 167 divide M for every key length.
 */
const LARGEST_PRIME = 167;

/**
 * For each small prime: the remainders that a ROCA modulus can have when divided by the prime. They are the powers of
 * 65537 modulo the prime. Leaves out primes such as 3, for which every remainder except 0 is such a power. Such a prime
 * would exclude no modulus: no RSA modulus has the remainder 0, because it is not a multiple of a small prime.
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
