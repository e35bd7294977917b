import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../access/access';
import { type GatewayConfig } from '../config';
import { CONFIG } from '../tokens';

/** A JWK set. */
interface KeySet {
  readonly keys: readonly Readonly<Record<string, string>>[];
}

/** `GET /.well-known/jwks.json`: the public keys of assertions, for services behind the gate. */
@Controller('.well-known')
@ApiExcludeController()
export class JwksController {
  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {}

  @Get('jwks.json')
  @Access({ access: 'public', permission: 'assertion-keys:read', rateClass: 'docs' })
  // Services that cache it longer than this miss a new key. See "Rotate secrets", which waits for twice this time.
  @Header('cache-control', 'public, max-age=300')
  show(): KeySet {
    return { keys: this.config.assertionKeys.current.map(({ jwk }) => jwk) };
  }
}
