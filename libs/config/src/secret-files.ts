import { type PolledFile, type PolledFileReport, LATE } from './polled-file';

/** The secret files of a service. */
export class SecretFiles {
  constructor(private readonly files: readonly PolledFile[]) {}

  /** Names of the `_FILE` variables that are set. */
  get variables(): readonly string[] {
    return this.files.map(({ variable }) => variable);
  }

  /**
   * Reads every file, puts new values into use, and reports what is new. Reads one file after the other, and none after
   * one that does not end: so a file system that does not answer holds one of Node's four threads for files and names.
   */
  async check(): Promise<readonly PolledFileReport[]> {
    const taken: Promise<PolledFileReport | undefined>[] = [];
    for (const file of this.files) {
      const content = await file.load();
      taken.push(file.take(content));
      if (content === LATE) break;
    }
    return (await Promise.all(taken)).filter((report) => report !== undefined);
  }
}
