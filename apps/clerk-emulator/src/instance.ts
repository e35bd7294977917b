import { Inject, Injectable } from '@nestjs/common';
import { type EmulatorConfig } from './config';
import { CONFIG } from './config.token';

/** What the emulated Clerk instance calls itself; its own address is known only once it listens. */
@Injectable()
export class Instance {
  private baseUrl = '';

  constructor(@Inject(CONFIG) private readonly config: EmulatorConfig) {}

  get id(): string {
    return this.config.instanceId;
  }

  /** The `iss` of tokens. */
  get issuer(): string {
    return this.config.issuer ?? this.baseUrl;
  }

  get url(): string {
    return this.baseUrl;
  }

  listensAt(url: string): void {
    this.baseUrl = url;
  }
}
