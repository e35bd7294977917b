import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { fixture } from '../../integration/fixture';
import { svixSignature } from './svix-signature';

describe('svixSignature', () => {
  const secret = 'whsec_plJ3nmyCDGBKInavdOK15jsl';
  const id = 'msg_loFOjxBNrRLzqYUf';
  const body = '{"name":"Zoë 🦊"}';

  it('matches the known-answer vector', () => {
    const vector = fixture('svix.vector') as Record<string, string>;
    const timestamp = Number(vector['svix-timestamp']);
    const signature = svixSignature(vector['secret']!, vector['svix-id']!, timestamp, vector['body']!);
    expect(signature).toBe(vector['svix-signature']);
  });

  it('is accepted by svix', () => {
    const timestamp = Math.floor(Date.now() / 1_000);
    const headers = {
      'svix-id': id,
      'svix-timestamp': String(timestamp),
      'svix-signature': svixSignature(secret, id, timestamp, body),
    };
    expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow();
    expect(() => new SvixWebhook(secret).verify(`${body} `, headers)).toThrow();
  });

  it('is accepted by standardwebhooks', () => {
    const timestamp = Math.floor(Date.now() / 1_000);
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': svixSignature(secret, id, timestamp, body),
    };
    expect(new StandardWebhook(secret).verify(body, headers)).toEqual({ name: 'Zoë 🦊' });
  });
});
