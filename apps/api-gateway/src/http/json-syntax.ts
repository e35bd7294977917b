/** Where a text stops being JSON, and what is expected there. */
export interface SyntaxFault {
  /** Both count from 1; the column counts characters. */
  readonly line: number;
  readonly column: number;
  /** In words, such as `a comma or "]"`. Holds nothing of the text. */
  readonly expected: string;
}

const VALUE = 'a value';
const NAME = 'a member name in double quotes';
const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** Characters of a text, from the space on, except quote and backslash. */
const CHARACTERS = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Finds where a text that `JSON.parse` rejects stops being JSON. Linear in its length; does not recurse. */
export function syntaxFault(text: string): SyntaxFault {
  const { at, expected } = new Reader(text).read();
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1, expected };
}

/** Reads a text up to its first fault. */
class Reader {
  private at = 0;
  /** Brackets that close what is open, innermost last. */
  private readonly open: ('}' | ']')[] = [];

  constructor(private readonly text: string) {}

  read(): { readonly at: number; readonly expected: string } {
    let expected: string | undefined = this.value();
    while (expected === undefined) expected = this.afterValue();
    return { at: this.at, expected };
  }

  /** Reads a value, or the beginning of a list or object up to its first scalar; returns what is missing. */
  private value(orEnd = ''): string | undefined {
    for (;;) {
      this.skip(WHITESPACE);
      if (orEnd === ' or "]"' && this.text[this.at] === ']') return undefined;
      if (this.take('[')) {
        this.open.push(']');
        orEnd = ' or "]"';
      } else if (this.take('{')) {
        this.open.push('}');
        this.skip(WHITESPACE);
        if (this.text[this.at] === '}') return undefined;
        const missing = this.name(' or "}"');
        if (missing !== undefined) return missing;
        orEnd = '';
      } else if (this.text[this.at] === '"') {
        return this.string(VALUE);
      } else {
        return this.skip(NUMBER_OR_WORD) ? undefined : VALUE + orEnd;
      }
    }
  }

  /** Reads what follows a value, up to the end of the next value. */
  private afterValue(): string | undefined {
    this.skip(WHITESPACE);
    const close = this.open.at(-1);
    if (close === undefined) return 'the end of the body';
    if (this.take(close)) {
      this.open.pop();
      return undefined;
    }
    if (!this.take(',')) return `a comma or "${close}"`;
    if (close === ']') return this.value();
    this.skip(WHITESPACE);
    return this.name() ?? this.value();
  }

  /** Reads the name of a member and its colon. */
  private name(orEnd = ''): string | undefined {
    const missing = this.string(NAME + orEnd);
    if (missing !== undefined) return missing;
    this.skip(WHITESPACE);
    return this.take(':') ? undefined : 'a colon';
  }

  private string(what: string): string | undefined {
    if (!this.take('"')) return what;
    do this.skip(CHARACTERS);
    while (this.skip(ESCAPE));
    if (this.take('"')) return undefined;
    return this.text[this.at] === '\\' ? 'an escape sequence of JSON' : 'the closing quote of a text';
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  /** Skips what the pattern matches here; returns whether that is anything. */
  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const length = pattern.exec(this.text)?.[0].length ?? 0;
    this.at += length;
    return length > 0;
  }
}
