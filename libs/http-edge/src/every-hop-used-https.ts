/**
 * Whether a list of schemes, as in `X-Forwarded-Proto`, names HTTPS alone. Somebody may have read the request on any hop
 * without HTTPS.
 */
export function everyHopUsedHttps(schemes: string): boolean {
  return schemes.split(',').every((scheme) => scheme.trim() === 'https');
}
