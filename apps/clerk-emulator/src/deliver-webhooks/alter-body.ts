import { type FaultParams } from '../inject-faults/fault-kinds';

/**
 * Returns the body with the alteration. `letter` changes a letter of a string value, so that the body stays JSON. If it
 * finds no such letter, it changes the middle character.
 */
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
