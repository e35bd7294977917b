import { hash } from 'node:crypto';
import {
  type Live,
  LiveValue,
  PolledFile,
  type PolledFileReport,
  readSecretFile,
  readSecretFileSync,
} from '@gatehouse/config';
import { parsePolicy } from './parse-policy';
import { Policy } from './policy';
import { maxPolicyBytes } from './policy-text';

const VARIABLE = 'GATE_FILE';
/** Faults of one file that are reported; the others are counted. */
const MAX_FAULTS = 50;

/** Content of the file that is in use. */
interface LoadedContent {
  /** SHA-256 of the text without the line break at its end, in hex: as `gate:check` prints it. */
  sha256: string;
  at: Date;
}

/** A newer content of the file that is not in use. */
export interface RejectedContent {
  readonly since: Date;
  /** What is wrong with it; never a value. */
  readonly problem: string;
}

/**
 * The policy of the gate, and the file that it comes from. A new content that is valid replaces the whole policy at once;
 * an invalid one changes nothing.
 */
export class PolicyFile {
  private rejection: RejectedContent | undefined;
  private lacking: (policy: Policy) => string | undefined = () => undefined;

  private constructor(
    readonly policy: Live<Policy>,
    /** The content in use; undefined without a file. */
    readonly loaded: Readonly<LoadedContent> | undefined,
    private readonly file: PolledFile | undefined,
  ) {}

  /** Without a file, nothing is open. */
  static readonly none = new PolicyFile(new LiveValue(Policy.closed), undefined, undefined);

  /** Reads and parses the file at the start. `parse` is a parameter for tests, which count the calls. */
  static read(path: string, parse = parsePolicy): PolicyFile | { readonly problems: readonly string[] } {
    const content = readSecretFileSync(path, maxPolicyBytes);
    if ('problem' in content) return { problems: [content.problem] };
    const parsed = parse(content.value);
    if ('faults' in parsed) return { problems: parsed.faults.map((fault) => `names a policy in which ${fault}`) };
    const policy = new LiveValue(parsed);
    const loaded = contentOf(content.value);
    // A file that stays invalid is checked every second. Its content is parsed once.
    let rejected: { readonly text: string; readonly problem: string } | undefined;
    const accept = async (text: string) => {
      if (text === rejected?.text) return rejected.problem;
      rejected = undefined;
      const next = parse(text);
      const problem = 'faults' in next ? faultsText(next.faults) : file.lacking(next);
      if (problem !== undefined) rejected = { text, problem };
      else if (next instanceof Policy) {
        Object.assign(loaded, contentOf(text));
        policy.set(next);
      }
      return problem;
    };
    const read = (at: string) => readSecretFile(at, maxPolicyBytes);
    const polled = new PolledFile(VARIABLE, path, content.value, accept, read);
    const file: PolicyFile = new PolicyFile(policy, loaded, polled);
    return file;
  }

  /** Rejects each new policy for which `lacking` says what it needs outside of its file, such as a variable. */
  demand(lacking: (policy: Policy) => string | undefined): void {
    this.lacking = lacking;
  }

  /** Reads the file again. Reports a change, and each problem once. */
  async check(): Promise<PolledFileReport | undefined> {
    const report = await this.file?.check();
    if (report !== undefined) {
      this.rejection = report.result === 'rejected' ? { since: new Date(), problem: report.problem } : undefined;
    }
    return report;
  }

  /** Why the content of the file is not in use; undefined while it is. */
  get rejected(): RejectedContent | undefined {
    return this.rejection;
  }
}

function contentOf(text: string): LoadedContent {
  return { sha256: hash('sha256', text), at: new Date() };
}

function faultsText(faults: readonly string[]): string {
  const more = faults.length - MAX_FAULTS;
  return [...faults.slice(0, MAX_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
