import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';
import { PackError } from './errors';
import { packageOf } from './package-of';

/** Declaration files of the package. */
export interface DeclarationFiles {
  /** Content by path, next to the compiled file. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages whose types the files use. */
  readonly packages: ReadonlySet<string>;
}

/** `from "…"` and `import("…")`. */
const IMPORT = /(from |import\()(['"])([^'"]+)\2/g;
const LIBRARY = /^@gatehouse\/([a-z-]+)$/;

/** Emits the declarations of the entry and of what it imports. @throws PackError when the compiler reports an error */
export function declarationFiles(root: string, entry: string): DeclarationFiles {
  const emitted = emit(root, join(root, entry));
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    const text = emitted.get(path);
    if (text === undefined || files.has(path)) return;
    const targets: string[] = [];
    const settled = text.replaceAll(IMPORT, (_match, keyword: string, quote: string, wanted: string) => {
      const library = LIBRARY.exec(wanted)?.[1];
      const target = library === undefined ? join(dirname(path), wanted) : `libs/${library}/src/index`;
      const isOurs = library !== undefined || wanted.startsWith('.');
      if (isOurs) targets.push(`${normalize(target)}.d.ts`);
      else packages.add(packageOf(wanted));
      const from = library === undefined ? wanted : relative(dirname(path), target);
      return `${keyword}${quote}${from}${quote}`;
    });
    files.set(path, settled);
    targets.forEach(visit);
  };
  visit(entry.replace(/\.ts$/, '.d.ts'));
  packages.delete('');
  return { files, packages };
}

/** Declarations of the entry and its imports, by path in the workspace. */
function emit(root: string, entry: string): Map<string, string> {
  const base = join(root, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(base, (path) => ts.sys.readFile(path)) as { config?: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [entry] }, ts.sys, root);
  const program = ts.createProgram([entry], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    sourceMap: false,
    rootDir: root,
    outDir: root,
  });
  const files = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => files.set(relative(root, path), text));
  const [fault] = diagnostics;
  if (fault)
    throw new PackError(
      `Cannot emit the declarations of the emulator: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`,
    );
  return files;
}
