/** A JSON Schema of the document. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

/** A response of an operation. */
export interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** The OpenAPI document, as far as the tests read it. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly examples: Record<string, object> }>> };
  readonly responses: Readonly<Record<string, Response>>;
  readonly 'x-gatehouse-access': { readonly access: string; readonly credential?: string; readonly scope?: string };
}

/** One operation of the document. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** The example of the body, a text for a file; undefined for an operation without a body. */
  readonly body: object | string | undefined;
  readonly mediaType: string;
  readonly responses: Readonly<Record<string, Response>>;
  /** `public`, `clerk-session`, `browser-session`, `user` or `admin`. */
  readonly access: string;
  readonly takesApiKeys: boolean;
  readonly needsScope: boolean;
}

/** The object that a reference within the document names; any other object itself. */
export function resolve<Node extends object>(document: ApiDocument, node: Node & { readonly $ref?: string }): Node {
  const [, section = '', name = ''] = /^#\/components\/(\w+)\/(.+)$/.exec(node.$ref ?? '') ?? [];
  return node.$ref === undefined ? node : (document.components[section]?.[name] as Node);
}

/** All operations of a document. */
export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => {
      const { operationId: id, parameters = [], requestBody, responses } = described;
      const { access, credential, scope } = described['x-gatehouse-access'];
      const [[mediaType, content] = ['', undefined]] = Object.entries(requestBody?.content ?? {});
      const [example] = Object.values(content?.examples ?? {});
      const body = example === undefined ? undefined : (resolve(document, example) as { value: object | string }).value;
      const needsUser = access === 'user' || access === 'admin';
      const takesApiKeys = needsUser && credential !== 'session';
      return {
        ...{ id, method: method.toUpperCase(), path, parameters, body, mediaType, responses, access, takesApiKeys },
        needsScope: takesApiKeys && scope !== 'none',
      };
    }),
  );
}
