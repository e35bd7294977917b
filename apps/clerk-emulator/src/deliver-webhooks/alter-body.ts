import { type FaultParams } from '../inject-faults/fault-kinds';

/** Returns a changed body. `letter` changes a letter within a string value, if there is one, so that it stays JSON. */
export function alterBody(body: string, alteration: FaultParams<'altered_body'>['alteration']): string {
  switch (alteration) {
    case 'letter': {
      const at = body.search(/[A-Za-z](?=[^":]*",)/);
      const index = at < 0 ? Math.floor(body.length / 2) : at;
      return `${body.slice(0, index)}${body[index] === 'x' ? 'y' : 'x'}${body.slice(index + 1)}`;
    }
    case 'whitespace':
      return `${body} `;
    case 'truncate':
      return body.slice(0, Math.floor(body.length / 2));
  }
}
