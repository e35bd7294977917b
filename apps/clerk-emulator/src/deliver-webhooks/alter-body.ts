import { type FaultParams } from '../inject-faults/fault-kinds';

/**
 * Returns `body` altered: `whitespace` appends a space, `truncate` cuts off the second half, `letter` changes one
 * character. `letter` picks a letter of a JSON string value, so that the body stays JSON. Without such a letter, it
 * changes the character in the middle of the body.
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
