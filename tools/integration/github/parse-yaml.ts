import { type AST, type ParserOptions } from 'prettier';
import { parsers } from 'prettier/plugins/yaml';

/** A YAML value. Scalars stay text: `20.19` is a version here, not a number. */
export type YamlValue = string | null | YamlValue[] | { [key: string]: YamlValue };

/** The properties of a node of Prettier's YAML tree that are read here. */
interface YamlNode {
  type: string;
  value?: string;
  children?: (YamlNode | null)[];
}

const scalars = ['plain', 'quoteSingle', 'quoteDouble', 'blockLiteral', 'blockFolded'];
const mappings = ['mapping', 'flowMapping'];
const sequences = ['sequence', 'flowSequence'];
/** Nodes with at most one child that matters. */
const wrappers = ['root', 'document', 'documentBody', 'mappingKey', 'mappingValue', 'sequenceItem', 'flowSequenceItem'];

/**
 * Parses one YAML document. Uses Prettier's parser, because no other YAML parser is a direct dependency.
 * @throws Error on a syntax error, a repeated key, an alias or several documents
 */
export async function parseYaml(text: string): Promise<YamlValue> {
  return toValue((await parsers.yaml.parse(text, {} as ParserOptions<AST>)) as YamlNode);
}

function toValue(node: YamlNode | null | undefined): YamlValue {
  if (!node || node.type === 'null') return null;
  if (scalars.includes(node.type)) return node.value ?? '';
  const children = (node.children ?? []).filter((child) => child && child.type !== 'documentHead');
  if (mappings.includes(node.type)) return toMapping(children);
  if (sequences.includes(node.type)) return children.map(toValue);
  if (wrappers.includes(node.type) && children.length <= 1) return toValue(children[0]);
  throw new Error(`Unsupported YAML: "${node.type}" with ${children.length} children`);
}

/** Prettier's parser accepts repeated keys; GitHub rejects them. */
function toMapping(items: (YamlNode | null)[]): YamlValue {
  const entries = new Map<string, YamlValue>();
  for (const item of items) {
    const key = toValue(item?.children?.[0]);
    if (typeof key !== 'string') throw new Error('Unsupported YAML: a key is not a string');
    if (entries.has(key)) throw new Error(`The key "${key}" is repeated`);
    entries.set(key, toValue(item?.children?.[1]));
  }
  return Object.fromEntries(entries);
}
