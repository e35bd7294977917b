import { Inject, Injectable } from '@nestjs/common';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';

/** Where webhooks go. */
@Injectable()
export class Endpoints {
  private current: readonly string[];

  constructor(@Inject(CONFIG) config: EmulatorConfig) {
    this.current = config.webhookUrls;
  }

  get urls(): readonly string[] {
    return this.current;
  }

  /** Events from now on go to these; deliveries that exist keep their endpoint. */
  replace(urls: readonly string[]): void {
    this.current = [...urls];
  }
}
