import { createHash } from 'node:crypto';
import { type SecretContent, readSecretFile } from './secret-file';

/** Time within which a file is read. A network file system may not answer at all, and no read can be cancelled. */
const READ_LIMIT_MS = 5_000;
/** Content of a file that does not answer. */
export const LATE: SecretContent = { problem: 'names a file that could not be read within 5 s' };

/** Decides on a new value. Returns why it is rejected, or undefined once it is in use. */
type Accept = (value: string) => Promise<string | undefined>;

/** What a check of a file found. `unchanged`: after a problem, the file holds the value in use again. */
export type PolledFileReport =
  | { readonly variable: string; readonly result: 'changed' | 'unchanged' }
  | { readonly variable: string; readonly result: 'rejected'; readonly problem: string };

/**
 * A file, such as that of a secret, that is read again and again. Its content is compared instead of its times, because file systems
 * differ in the precision of times, and because Kubernetes replaces a file by changing a symbolic link above it.
 *
 * A new content counts when two checks in a row have found it. So a file that is just being written is not used, unless
 * the writer pauses for longer than the interval of the checks.
 */
export class PolledFile {
  /** Marks stand for contents: this class keeps no secret. */
  private inUse: string;
  private seen: string;
  private problem: string | undefined;
  /** The read that has not ended yet. */
  private reading: Promise<SecretContent> | undefined;

  /**
   * @param variable name of the variable with the path
   * @param value the value in use
   */
  constructor(
    readonly variable: string,
    private readonly path: string,
    value: string,
    private readonly accept: Accept,
    private readonly read: (path: string) => Promise<SecretContent> = readSecretFile,
  ) {
    this.inUse = this.seen = markOf({ value });
  }

  /** Reads the file. A read that takes longer than 5 s goes on, and later calls wait for it instead of reading again. */
  async load(): Promise<SecretContent> {
    this.reading ??= this.read(this.path).finally(() => (this.reading = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<SecretContent>((resolve) => (timer = setTimeout(() => resolve(LATE), READ_LIMIT_MS)));
    try {
      return await Promise.race([this.reading, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Reads the file and takes what was read. */
  async check(): Promise<PolledFileReport | undefined> {
    return this.take(await this.load());
  }

  /** Takes what was read. Reports a change, and each problem once; undefined when there is no news. */
  async take(content: SecretContent): Promise<PolledFileReport | undefined> {
    const mark = markOf(content);
    const isSettled = mark === this.seen;
    this.seen = mark;
    if (mark === this.inUse) return this.recover();
    if (!isSettled) return undefined;
    const problem = 'problem' in content ? content.problem : await this.accept(content.value);
    if (problem !== undefined) return this.reject(problem);
    this.inUse = mark;
    this.problem = undefined;
    return { variable: this.variable, result: 'changed' };
  }

  private recover(): PolledFileReport | undefined {
    if (this.problem === undefined) return undefined;
    this.problem = undefined;
    return { variable: this.variable, result: 'unchanged' };
  }

  private reject(problem: string): PolledFileReport | undefined {
    if (problem === this.problem) return undefined;
    this.problem = problem;
    return { variable: this.variable, result: 'rejected', problem };
  }
}

function markOf(content: SecretContent): string {
  return 'value' in content ? createHash('sha256').update(content.value).digest('base64') : content.problem;
}
