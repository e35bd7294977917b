const TLS_CODES = /CERT|SELF_SIGNED|VERIFY_LEAF|ISSUER|^ERR_(SSL|TLS)_|^EPROTO$/;

/** Whether an error code of Node means that a certificate was not verified, or that the peer does not use TLS. */
export function isTlsFailure(code: unknown): code is string {
  return typeof code === 'string' && TLS_CODES.test(code);
}
