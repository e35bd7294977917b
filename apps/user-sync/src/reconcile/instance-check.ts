import { Inject, Injectable } from '@nestjs/common';
import { ClerkDirectory } from '../clerk/clerk-directory';
import { CONFIG } from '../tokens';
import { ReconcileRuns } from './reconcile-runs';

/** Part of the configuration that names our Clerk instance. */
interface InstanceConfig {
  readonly clerk: { readonly instanceId?: string };
}

/** Compares the Clerk instance of the secret key with the one that our users come from. */
@Injectable()
export class InstanceCheck {
  constructor(
    @Inject(CONFIG) private readonly config: InstanceConfig,
    @Inject(ReconcileRuns) private readonly runs: Pick<ReconcileRuns, 'lastFinished'>,
    @Inject(ClerkDirectory) private readonly clerk: Pick<ClerkDirectory, 'instanceId'>,
  ) {}

  /**
   * The Clerk instance that our users come from: the configured one, otherwise that of the last complete reconcile run.
   * Undefined when neither is known.
   */
  async known(): Promise<string | undefined> {
    return this.config.clerk.instanceId ?? (await this.runs.lastFinished('done'))?.instanceId ?? undefined;
  }

  /**
   * Whether `instanceId` is the Clerk instance that our users come from. True when that one is unknown. Without
   * `instanceId`, asks Clerk for the instance of the secret key and checks that one.
   */
  async isOurs(instanceId?: string): Promise<boolean> {
    const ours = await this.known();
    return ours === undefined || ours === (instanceId ?? (await this.clerk.instanceId()));
  }
}
