import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { backendApiHeaders } from '../clerk/backend-api';
import { ClerkInstance } from '../clerk/clerk-instance';
import { type UserSyncConfig } from '../config';
import { CONFIG } from '../tokens';
import { InstanceCheck } from './instance-check';

const TIMEOUT_MS = 5_000;
/** Pause between two checks of one key that was rejected. */
const BETWEEN_CHECKS_MS = 10_000;
const UNCHECKED = 'names a file with a key that could not be checked: Clerk or the database did not answer';

const instanceSchema = z.looseObject({ id: z.string() });

/** Part of the configuration about the secret key. */
interface KeyConfig {
  readonly clerk: Pick<UserSyncConfig['clerk'], 'apiUrl' | 'approveKeys' | 'secretKey'>;
}

/**
 * Checks each new secret key at Clerk before it is used: it must belong to the instance that our users come from. With
 * a key of another instance, Clerk would know none of our users.
 */
@Injectable()
export class SecretKeyCheck {
  private last: { readonly key: string; readonly problem: string; readonly at: number } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: KeyConfig,
    private readonly ours: InstanceCheck,
    private readonly instance: ClerkInstance,
  ) {
    config.clerk.approveKeys((key) => this.problemOf(key));
  }

  private async problemOf(key: string): Promise<string | undefined> {
    const { last } = this;
    if (last?.key === key && performance.now() - last.at < BETWEEN_CHECKS_MS) return last.problem;
    const problem = await this.check(key).catch(() => UNCHECKED);
    this.last = problem === undefined ? undefined : { key, problem, at: performance.now() };
    return problem;
  }

  private async check(key: string): Promise<string | undefined> {
    const { apiUrl, secretKey } = this.config.clerk;
    const other = 'names a file with the key of another Clerk instance';
    // A development instance has keys sk_test_…, a production instance sk_live_….
    if (kindOf(key) !== kindOf(secretKey.current)) return other;
    const response = await fetch(`${apiUrl}/v1/instance`, {
      headers: backendApiHeaders(key),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (response.status === 401 || response.status === 403) return 'names a file with a key that Clerk rejects';
    if (!response.ok) return UNCHECKED;
    const { id } = instanceSchema.parse(await response.json());
    const ours = (await this.ours.known()) ?? (await this.instance.current());
    return ours === undefined || ours === id ? undefined : other;
  }
}

function kindOf(key: string): string {
  return key.slice(0, 'sk_live_'.length);
}
