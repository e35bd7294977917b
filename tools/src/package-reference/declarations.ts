import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** Something that a package exports, or that the type of an export names. */
export interface Declared {
  readonly name: string;
  /** What its comment says, in Markdown. */
  readonly about: string;
  /** The declarations, with the comments of their members. */
  readonly code: string;
}

/** What an entry of a package declares. */
export interface Declarations {
  readonly exported: readonly Declared[];
  /** Types that are not exported, but named by what is. */
  readonly named: readonly Declared[];
}

/** Types of the OpenAPI document, which has a reference of its own, and bases that the compiler names. */
const HIDDEN = /^(paths|components|operations|webhooks|\$defs)$|_base$/;

/** Reads the declarations of an entry of a package. @param entry its file of types, such as `lib/index.d.mts` */
export function declarationsOf(entry: string): Declarations {
  const program = ts.createProgram([entry], OPTIONS, hostOfOneProgram());
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

  const exported = new Map<ts.Symbol, string>();
  for (const symbol of module === undefined ? [] : checker.getExportsOfModule(module)) {
    if (!HIDDEN.test(symbol.name)) exported.set(original(symbol), symbol.name);
  }
  const named = new Map<ts.Symbol, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const found = checker.getSymbolAtLocation(node);
      const symbol = found && original(found);
      const isNew = symbol !== undefined && !exported.has(symbol) && !named.has(symbol);
      if (isNew && !HIDDEN.test(symbol.name) && nodesOf(symbol).length > 0) {
        named.set(symbol, symbol.name);
        nodesOf(symbol).forEach(visit);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const symbol of exported.keys()) nodesOf(symbol).forEach(visit);

  const describe = ([symbol, name]: readonly [ts.Symbol, string]): Declared => ({
    name,
    about: aboutOf(symbol, checker),
    code: nodesOf(symbol).map(codeOf).join('\n'),
  });
  return { exported: [...exported].map(describe).sort(byName), named: [...named].map(describe).sort(byName) };
}

const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** A host that finds the files of the package alone: nothing is said about the types of others. */
function hostOfOneProgram(): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      if (!text.startsWith('.')) return { resolvedModule: undefined };
      const resolvedFileName = resolve(dirname(from), text.replace(/\.mjs$/, '.d.mts'));
      return { resolvedModule: { resolvedFileName, extension: ts.Extension.Dmts } };
    });
  return host;
}

/** The top-level declarations of a symbol: not those of its members, nor of type parameters. */
function nodesOf(symbol: ts.Symbol): readonly ts.Node[] {
  return (symbol.declarations ?? [])
    .map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node))
    .filter((node) => ts.isSourceFile(node.parent) && !ts.isImportDeclaration(node) && !ts.isExportDeclaration(node));
}

function aboutOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = linked(ts.displayPartsToString(symbol.getDocumentationComment(checker)));
  const tags = symbol.getJsDocTags(checker).map(({ name, text: parts }) => {
    const value = ts.displayPartsToString(parts);
    if (name === 'example') return `\`\`\`tsx\n${value}\n\`\`\``;
    if (name !== 'param') return `${name === 'throws' ? 'Throws' : 'Returns'} ${linked(value)}.`;
    const [parameter = '', ...words] = linked(value).split(' ');
    return `- \`${parameter}\`: ${words.join(' ')}`;
  });
  return [text, ...tags].filter(Boolean).join('\n\n');
}

/** Replaces `{@link Name}` by the name as code. */
function linked(text: string): string {
  return text.replace(/\{@link (\w+)\}/g, '`$1`');
}

/** The declaration without its own comment, its modifiers of files of types, and its private members. */
function codeOf(node: ts.Node): string {
  const text = node.getText().replace(/^(export |declare )+/, '');
  return ts.isClassDeclaration(node) ? text.replace(/^ *(private|#).*\n/gm, '') : text;
}

function byName(one: Declared, other: Declared): number {
  return one.name < other.name ? -1 : 1;
}
