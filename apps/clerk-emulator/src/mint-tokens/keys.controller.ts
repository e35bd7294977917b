import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { KeyRing, type RingKey } from './key-ring';

/** A signing key, as the control API returns it. */
interface KeyView {
  object: 'key';
  kid: string;
  /** `active`: signs tokens. `published`: no longer signs, but stays in the JWKS. `retired`: removed from the JWKS. */
  status: 'active' | 'published' | 'retired';
  created_at: number;
  retired_at: number | null;
}

/** Shows, rotates and retires the signing keys. */
@Controller('emulator/keys')
export class KeysController {
  constructor(private readonly ring: KeyRing) {}

  /** Oldest first. */
  @Get()
  list(): { data: KeyView[] } {
    return { data: this.ring.all().map((key) => this.view(key)) };
  }

  @Post('rotate')
  @HttpCode(200)
  async rotate(): Promise<{ data: KeyView[] }> {
    await this.ring.rotate();
    return this.list();
  }

  @Post(':kid/retire')
  @HttpCode(200)
  retire(@Param('kid') kid: string): { data: KeyView[] } {
    this.ring.retire(kid);
    return this.list();
  }

  private view({ key, created_at, retired_at }: RingKey): KeyView {
    const status = key === this.ring.active ? 'active' : retired_at === null ? 'published' : 'retired';
    return { object: 'key', kid: key.kid, status, created_at, retired_at };
  }
}
