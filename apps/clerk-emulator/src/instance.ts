import { Inject, Injectable } from '@nestjs/common';
import { publishableKeyOf } from './clerk/publishable-key';
import { type EmulatorConfig } from './config';
import { CONFIG } from './tokens';

/** Id and addresses of the emulated Clerk instance. The URL is empty until the emulator listens. */
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

  get publishableKey(): string {
    return publishableKeyOf(this.issuer);
  }

  get url(): string {
    return this.baseUrl;
  }

  setUrl(url: string): void {
    this.baseUrl = url;
  }
}
