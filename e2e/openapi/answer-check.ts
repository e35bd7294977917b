import Ajv2020, { type ValidateFunction } from '@redocly/ajv/dist/2020.js';
import { type Answer } from '../isolation/people';
import { eventsOf } from './live-stream';
import { type ApiDocument, type Operation, type Response, type Schema, resolve } from './operations';

/** Headers of HTTP, of CORS and of security, which the document does not repeat for each response. */
const EVERYWHERE = new Set([
  ...['date', 'connection', 'keep-alive', 'content-length', 'content-type', 'transfer-encoding', 'vary'],
  ...['cache-control', 'content-security-policy', 'cross-origin-resource-policy', 'referrer-policy'],
  ...['x-content-type-options', 'x-frame-options', 'strict-transport-security', 'x-accel-buffering'],
]);

const formats: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
};

/** Server-sent events whose data is no `LiveChange`. */
const WITHOUT_CHANGE = new Set(['reset', 'resumed', 'heartbeat', 'closed']);

/** Compares answers with what the document says of their operations. */
export class AnswerCheck {
  private readonly ajv: Ajv2020;
  private readonly validators = new Map<object, ValidateFunction>();

  constructor(private readonly document: ApiDocument) {
    this.ajv = new Ajv2020({ strict: false, allErrors: true, formats: { ...formats, uri: true, email: true } });
    this.ajv.addSchema({ $id: 'document', components: closed(document.components) });
  }

  /** What is in an answer and not in the document, or the reverse. */
  faultsOf(operation: Operation, answer: Answer): string[] {
    const listed = operation.responses[String(answer.status)];
    if (listed === undefined) return [`the status ${answer.status} is not listed: ${answer.text.slice(0, 300)}`];
    const response = resolve(this.document, listed);
    return [...this.headerFaults(response, answer), ...this.bodyFaults(response, answer)];
  }

  private headerFaults({ headers = {} }: Response, answer: Answer): string[] {
    const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    const required = Object.entries(headers).filter(([, header]) => resolve(this.document, header).required === true);
    return [
      ...required.filter(([name]) => !(name.toLowerCase() in answer.headers)).map(([name]) => `${name} is missing`),
      ...Object.keys(answer.headers)
        .filter((name) => !names.has(name) && !EVERYWHERE.has(name) && !name.startsWith('access-control-'))
        .map((name) => `the header ${name} is not described`),
    ];
  }

  private bodyFaults({ content }: Response, { status, headers, text }: Answer): string[] {
    if (content === undefined) return text === '' ? [] : [`a body is not described: ${text.slice(0, 100)}`];
    const type = headers['content-type']?.split(';')[0] ?? '';
    const schema = content[type]?.schema;
    if (schema === undefined) return [`the content type ${type} of ${status} is not described`];
    if (type === 'text/event-stream') return this.eventFaults(text);
    if (!/json$/.test(type)) return [];
    return this.valueFaults(schema, JSON.parse(text)).map((fault) => `${status} ${fault}`);
  }

  /** The data of each event that the document does not call by another name is a change. */
  private eventFaults(text: string): string[] {
    const changes = eventsOf(text).filter(({ event }) => !WITHOUT_CHANGE.has(event));
    return changes.flatMap(({ event, data }) =>
      this.valueFaults({ $ref: '#/components/schemas/LiveChange' }, data).map((fault) => `${event} ${fault}`),
    );
  }

  private valueFaults(schema: Schema, value: unknown): string[] {
    const validate = this.validatorOf(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  private validatorOf(schema: Schema): ValidateFunction {
    const known = this.validators.get(schema);
    if (known !== undefined) return known;
    const validate = this.ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object);
    this.validators.set(schema, validate);
    return validate;
  }
}

/** The same schemas, which accept no other fields, so that a field that is not described is noticed. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map((part) => closed(part));
  if (typeof node !== 'object' || node === null) return node;
  const parts = Object.fromEntries(Object.entries(node).map(([key, part]) => [key, closed(part)]));
  const isOpen = 'properties' in node && 'type' in node && !('additionalProperties' in node);
  return isOpen ? { ...parts, additionalProperties: false } : parts;
}
