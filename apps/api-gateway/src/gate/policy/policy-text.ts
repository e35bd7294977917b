import { LineCounter, parseDocument } from 'yaml';

/** Maximum size of a policy file, which is also that of a ConfigMap of Kubernetes. */
export const maxPolicyBytes = 1024 ** 2;

/** Aliases that a file may use. They multiply: a list of aliases of lists of aliases grows exponentially. */
const MAX_ALIASES = 100;

/**
 * Reads YAML 1.2, of which JSON is a part, into plain values. A fault names the place and never the text.
 * @see https://yaml.org/spec/1.2.2/
 */
export function readPolicyText(text: string): { readonly value: unknown } | { readonly fault: string } {
  if (Buffer.byteLength(text) > maxPolicyBytes) return { fault: 'the file is larger than 1 MiB' };
  try {
    const lines = new LineCounter();
    // The texts of the parser repeat the file, so only their codes are shown.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) {
      const { line, col } = lines.linePos(fault.pos[0]);
      return {
        fault: `line ${line}, column ${col} is not valid YAML (${fault.code.toLowerCase().replaceAll('_', ' ')})`,
      };
    }
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    if (error instanceof ReferenceError) {
      const isExcessive = error.message.startsWith('Excessive');
      return {
        fault: `the file has ${isExcessive ? `more than ${MAX_ALIASES} aliases` : 'an alias without an anchor'}`,
      };
    }
    return { fault: 'the file is nested too deeply' };
  }
}
