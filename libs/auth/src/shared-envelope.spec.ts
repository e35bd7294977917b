import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { createEnvelopeSigner, createEnvelopeVerifier } from './envelope';
import { type EnvelopeFault } from './errors';
import { leafHash, merkleTree } from './merkle-tree';
import { encodeProof, signedRoot } from './shared-signature';

const NOW = Date.UTC(2026, 0, 2);
const LATER = NOW + 12_000;
const body = Buffer.from('{"a":1}');
const subjectOf = (number: number) => `user-sync.me.get${number}`;
const keys = generateKeyPairSync('ed25519');
const others = generateKeyPairSync('ed25519');
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const verifyAt = (at: number) => createEnvelopeVerifier(publicPem, () => at);

/** Claims of a request to `subjectOf(number)`, as an envelope carries them. */
function claimsOf(number: number, changed: object = {}): string {
  const bh = hash('sha256', body, 'base64url');
  const claims = { sub: subjectOf(number), bh, rid: `r${number}`, iat: NOW, exp: NOW + 10_000, principal: null };
  return Buffer.from(JSON.stringify({ ...claims, ...changed })).toString('base64url');
}

/** The parts of each envelope under one signature. */
function shared(claims: readonly string[], key = keys.privateKey, size = claims.length) {
  const { root, paths } = merkleTree(claims.map(leafHash));
  const signature = sign(null, signedRoot(size, root), key).toString('base64url');
  return claims.map((text, index) => ({ text, signature, index, size, path: paths[index]! }));
}

type Parts = ReturnType<typeof shared>[number];

function written({ text, signature, ...proof }: Parts): string {
  return `${text}.${signature}.${encodeProof(proof).toString('base64url')}`;
}

const five = shared([0, 1, 2, 3, 4].map((number) => claimsOf(number)));
const [first, second, third] = five as [Parts, Parts, Parts];

describe('the signer', () => {
  const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signer = createEnvelopeSigner(pem, () => NOW);
  const requests = (count: number) =>
    Array.from({ length: count }, (_, number) => ({
      ...{ subject: subjectOf(number), body, requestId: `r${number}`, principal: null },
    }));

  it.each([
    [0, 0],
    [1, 1],
    [2, 1],
    [64, 1],
    [65, 2],
    [200, 4],
  ])('makes valid envelopes for %d requests with %d signatures', (count, signatures) => {
    const verify = verifyAt(NOW);
    const envelopes = signer(requests(count));
    expect(envelopes.map((envelope, number) => verify(envelope, subjectOf(number), body).rid)).toEqual(
      requests(count).map(({ requestId }) => requestId),
    );
    expect(new Set(envelopes.map((envelope) => envelope.split('.')[1])).size).toBe(signatures);
  });

  it('makes an envelope without a proof for a lone request', () => {
    expect(signer(requests(1))[0]?.split('.')).toHaveLength(2);
  });
});

describe('envelopes under one signature', () => {
  it.each([2, 3, 5, 63, 64])('are valid, each for its own request, when there are %d', (count) => {
    const verify = verifyAt(NOW);
    const envelopes = shared(Array.from({ length: count }, (_, number) => claimsOf(number))).map(written);
    expect(envelopes.map((envelope, number) => verify(envelope, subjectOf(number), body).rid)).toEqual(
      envelopes.map((_, number) => `r${number}`),
    );
  });

  it('are valid with more signatures between them than a verifier remembers', () => {
    const verify = verifyAt(NOW);
    for (let turn = 0; turn < 1_100; turn += 1) {
      const [one] = shared([claimsOf(0), claimsOf(1, { rid: `of turn ${turn}` })]);
      verify(written(one!), subjectOf(0), body);
    }
    expect(verify(written(first), subjectOf(0), body).rid).toBe('r0');
  });

  it('are valid beside envelopes with a signature of their own', () => {
    const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const single = createEnvelopeSigner(pem, () => NOW);
    const verify = verifyAt(NOW);
    verify(written(first), subjectOf(0), body);
    const [envelope] = single([{ subject: subjectOf(1), body, requestId: 'single', principal: null }]);
    expect(verify(envelope, subjectOf(1), body).rid).toBe('single');
  });
});

const flipped = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)));
const ofOtherKey = () => shared([claimsOf(0), claimsOf(1)], others.privateKey)[0]!;
/** A root that the gateway signed as that of `size` envelopes. */
const ofSize = (size: number) => shared([claimsOf(0), claimsOf(1)], keys.privateKey, size)[0]!;

/** Each attack: the envelope of the first request, changed. */
const attacks: readonly (readonly [string, EnvelopeFault, Parts | string])[] = [
  ['claims that no envelope has', 'signature', { ...first, text: claimsOf(0, { rid: 'forged' }) }],
  ['the claims of another envelope', 'signature', { ...second, text: first.text }],
  ['the proof of another envelope', 'signature', { ...first, index: 1, path: second.path }],
  ['another index', 'signature', { ...first, index: 1 }],
  ['the index of no envelope', 'malformed', { ...first, index: 5 }],
  ['another size', 'signature', { ...first, size: 6 }],
  ['a forged path', 'signature', { ...first, path: [flipped(first.path[0]!), ...first.path.slice(1)] }],
  ['a path in another order', 'signature', { ...first, path: first.path.toReversed() }],
  ['a path that is too long', 'malformed', { ...first, path: [...first.path, first.path[0]!] }],
  ['a path that is too short', 'malformed', { ...first, path: first.path.slice(1) }],
  ['an endless path', 'malformed', { ...first, path: Array.from({ length: 300 }, () => first.path[0]!) }],
  ['a path of broken hashes', 'malformed', `${written(first)}AAAA`],
  ['an empty proof', 'malformed', `${first.text}.${first.signature}.`],
  ['a proof without a path', 'malformed', { ...first, path: [] }],
  ['a fourth part', 'malformed', `${written(first)}.e30`],
  ['a root of another key', 'signature', ofOtherKey()],
  ['the signature of another root', 'signature', { ...first, signature: ofSize(2).signature }],
  ['no signature', 'malformed', { ...first, signature: '' }],
  ['one envelope in its tree', 'malformed', { ...shared([claimsOf(0)])[0]! }],
  ['more envelopes than allowed', 'malformed', { ...first, size: 65 }],
  ['a signed size that is not its own', 'signature', { ...ofSize(3), size: 2 }],
];

describe.each(['before its root is known', 'after its root was accepted'])('an envelope, %s,', (moment) => {
  it.each(attacks)('is rejected with %s as %s', (_, fault, attack) => {
    const verify = verifyAt(NOW);
    if (moment.startsWith('after')) {
      five.forEach((parts, number) => verify(written(parts), subjectOf(number), body));
      verify(written(ofSize(2)), subjectOf(0), body);
    }
    const envelope = typeof attack === 'string' ? attack : written(attack);
    expect(() => verify(envelope, subjectOf(0), body)).toThrow(
      expect.objectContaining({ code: 'ENVELOPE_INVALID', fault }),
    );
  });
});

describe('an envelope under a signature that was accepted', () => {
  it.each<[string, EnvelopeFault, string, Buffer, Parts]>([
    ['on another subject', 'subject', subjectOf(1), body, first],
    ['with another body', 'body', subjectOf(0), Buffer.from('{}'), first],
    ['with a lifetime over ten seconds', 'lifetime', subjectOf(0), body, lived({ exp: NOW + 10_001 })],
    ['with claims of another shape', 'claims', subjectOf(0), body, lived({ principal: { userId: 'me' } })],
  ])('is rejected %s as %s', (_, fault, subject, sent, parts) => {
    const verify = verifyAt(NOW);
    verify(written({ ...third }), subjectOf(2), body);
    verify(written(lived({})), subjectOf(0), body);
    expect(() => verify(written(parts), subject, sent)).toThrow(expect.objectContaining({ fault }));
  });

  it('is rejected when it is replayed after its expiry', () => {
    let at = NOW;
    const verify = createEnvelopeVerifier(publicPem, () => at);
    expect(verify(written(first), subjectOf(0), body).rid).toBe('r0');
    at = LATER;
    expect(() => verify(written(first), subjectOf(0), body)).toThrow(expect.objectContaining({ fault: 'expired' }));
  });

  it('is rejected by a verifier of other keys', () => {
    verifyAt(NOW)(written(first), subjectOf(0), body);
    const other = createEnvelopeVerifier(
      others.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      () => NOW,
    );
    expect(() => other(written(first), subjectOf(0), body)).toThrow(expect.objectContaining({ fault: 'signature' }));
  });
});

describe('a signature', () => {
  it('of one envelope is not one of a root', () => {
    const single = sign(null, Buffer.from(first.text), keys.privateKey).toString('base64url');
    expect(() => verifyAt(NOW)(written({ ...first, signature: single }), subjectOf(0), body)).toThrow(
      expect.objectContaining({ fault: 'signature' }),
    );
  });

  it('of a root is not one of a single envelope', () => {
    expect(() => verifyAt(NOW)(`${first.text}.${first.signature}`, subjectOf(0), body)).toThrow(
      expect.objectContaining({ fault: 'signature' }),
    );
  });

  it('of a tree does not prove a node of it as claims', () => {
    // The hashes of two leaves, taken as the claims of one, in a tree that is one level lower.
    const { paths } = merkleTree(five.map(({ text }) => leafHash(text)));
    const node = Buffer.concat([leafHash(first.text), leafHash(second.text)]).toString('base64url');
    const forged = { text: node, signature: first.signature, index: 0, size: 3, path: paths[0]!.slice(1) };
    expect(() => verifyAt(NOW)(written(forged), subjectOf(0), body)).toThrow(
      expect.objectContaining({ fault: 'signature' }),
    );
  });
});

/** The first of two envelopes, with changed claims, under a valid signature. */
function lived(changed: object): Parts {
  return shared([claimsOf(0, changed), claimsOf(1)])[0]!;
}
