import { connect } from 'node:net';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';

describe('invalid input', () => {
  let emulator: ClerkEmulator;
  let api: ReturnType<typeof rawApi>;
  let userId: string;

  beforeAll(async () => {
    emulator = await startClerkEmulator();
    api = rawApi(emulator);
    userId = String((await api('POST', '/v1/users', { email_address: ['ada@example.com'] })).body['id']);
  });
  afterAll(() => emulator.close());

  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  it.each([
    ['a body that is not JSON', 'POST', '/v1/users', '{oops', 400, 'request_body_invalid'],
    ['an array', 'POST', '/v1/users', '[]', 400, 'request_body_invalid'],
    ['a prototype', 'POST', '/v1/users', '{"__proto__":{"a":1}}', 400, 'request_body_invalid'],
    ['an empty object', 'POST', '/v1/users', '{}', 422, 'form_data_missing'],
    ['an invalid e-mail address', 'POST', '/v1/users', '{"email_address":["nope"]}', 422, 'form_param_format_invalid'],
    ['an invalid phone number', 'POST', '/v1/users', '{"phone_number":["0123"]}', 422, 'form_param_format_invalid'],
    ['an unknown parameter', 'POST', '/v1/users', '{"shoe_size":42}', 422, 'form_param_unknown'],
    ['a taken address', 'POST', '/v1/users', '{"email_address":["ADA@example.com"]}', 422, 'form_identifier_exists'],
    [
      'the same address twice',
      'POST',
      '/v1/users',
      '{"email_address":["b@x.io","B@x.io"]}',
      422,
      'form_identifier_exists',
    ],
    ['a missing user_id', 'POST', '/v1/sessions', '{}', 422, 'form_param_missing'],
    ['an unknown user', 'POST', '/v1/sessions', '{"user_id":"user_0"}', 404, 'resource_not_found'],
    ['an unknown session', 'POST', '/v1/sessions/sess_0/tokens', undefined, 404, 'resource_not_found'],
    ['an unknown address', 'DELETE', '/v1/email_addresses/idn_0', undefined, 404, 'resource_not_found'],
    ['an unknown route', 'GET', '/v1/organizations', undefined, 404, 'resource_not_found'],
    ['a limit that is too high', 'GET', '/v1/users?limit=501', undefined, 422, 'form_param_format_invalid'],
    ['an unknown order', 'GET', '/v1/users?order_by=shoe_size', undefined, 422, 'form_param_format_invalid'],
    ['an invalid escape in the path', 'GET', '/v1/users/%zz', undefined, 400, 'request_body_invalid'],
    [
      'a body that is too large',
      'POST',
      '/v1/users',
      `{"first_name":"${'x'.repeat(1_048_576)}"}`,
      413,
      'request_too_large',
    ],
    [
      'both data and body',
      'POST',
      '/emulator/events',
      '{"type":"x","data":{},"body":"x"}',
      422,
      'form_param_format_invalid',
    ],
    [
      'a line break in a header',
      'POST',
      '/emulator/events',
      '{"type":"x","data":{},"headers_override":{"svix_id":"a\\r\\nb: c"}}',
      422,
      'form_param_format_invalid',
    ],
    [
      'a URL with a password',
      'POST',
      '/emulator/endpoints',
      '{"url":"http://a:b@127.0.0.1:9/"}',
      422,
      'form_param_format_invalid',
    ],
  ])('of the kind "%s" is answered in Clerk’s error shape', async (_what, method, path, body, status, code) => {
    const answer = await api(method, path, body);
    expect(answer).toMatchObject({
      status,
      contentType: 'application/json',
      body: {
        errors: [{ code, message: expect.any(String), long_message: expect.any(String) }],
        clerk_trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
  });

  it('with metadata above 8 KB is rejected and changes nothing', async () => {
    const path = `/v1/users/${userId}/metadata`;
    await api('PATCH', path, { public_metadata: { keep: 'x'.repeat(5_000) } });
    const answer = await api('PATCH', path, { public_metadata: { more: 'x'.repeat(5_000) } });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ meta: { param_name: 'public_metadata' } }] } });
    const user = await api('GET', `/v1/users/${userId}`);
    expect(Object.keys(user.body['public_metadata'] as object)).toEqual(['keep']);
  });

  it('with metadata nested too deeply is rejected', async () => {
    const body = `{"public_metadata":{"a":${nested(150)}}}`;
    expect(await api('PATCH', `/v1/users/${userId}/metadata`, body)).toMatchObject({ status: 422 });
  });

  it('that filters sessions by a status without a filter at Clerk is rejected', async () => {
    expect(await api('GET', `/v1/sessions?user_id=${userId}&status=pending`)).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'form_param_format_invalid', meta: { param_name: 'status' } }] },
    });
  });

  it.each([
    ['PATCH', '/v1/users/:id/metadata', '{"public_metadata":{"a":DEEP}}'],
    ['POST', '/v1/actor_tokens', '{"user_id":":id","actor":{"sub":"x","a":DEEP}}'],
    ['POST', '/emulator/sessions', '{"user_id":":id","actor":{"sub":"x","a":DEEP}}'],
    ['POST', '/emulator/events', '{"type":"a.b","data":{"a":DEEP}}'],
    ['PUT', '/emulator/session-claims', '{"claims":{"a":DEEP}}'],
  ])('that is nested extremely deeply is rejected at %s %s and changes nothing', async (method, path, body) => {
    const fill = (text: string): string => text.replace(':id', userId).replace('DEEP', nested(100_000));
    const answer = await api(method, fill(path), fill(body));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: 'request_body_invalid' }] } });
    expect(await api('GET', `/v1/sessions?user_id=${userId}`)).toMatchObject({ status: 200, body: [] });
  });

  it('whose Content-Type is not JSON is rejected', async () => {
    const answer = await api('POST', '/v1/users', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer).toMatchObject({ status: 415, body: { errors: [{ code: 'unsupported_content_type' }] } });
  });

  it('that makes an unverified or foreign address primary is rejected', async () => {
    const added = await api('POST', '/v1/email_addresses', { user_id: userId, email_address: 'new@example.com' });
    for (const id of [added.body['id'], 'idn_0']) {
      const answer = await api('PATCH', `/v1/users/${userId}`, { primary_email_address_id: id });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ code: 'form_param_value_invalid' }] } });
    }
  });

  it.each([
    ['none', ''],
    ['Basic', 'Basic c2s6'],
    ['a bare key', 'sk_test_x'],
  ])('with a credential that is %s is rejected', async (_kind, authorization) => {
    const answer = await api('GET', '/v1/users', undefined, { authorization });
    expect(answer).toMatchObject({
      status: 401,
      body: { errors: [{ code: 'authorization_header_format_invalid' }] },
    });
  });

  it('that is not HTTP does not stop the emulator from serving other clients', async () => {
    const { port, hostname } = new URL(emulator.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end('\0\0garbage\r\n\r\n'));
      socket.on('close', () => resolve()).resume();
    });
    expect(await api('GET', '/emulator/health')).toMatchObject({ status: 200 });
  });
});
