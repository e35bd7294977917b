import { Link } from '@tanstack/react-router';
import { Badge } from '../ui/badge';
import { type Finding } from './findings';

interface FindingListProps {
  readonly findings: readonly Finding[];
  /** Whether everything was read that there can be findings in. */
  readonly isWhole: boolean;
}

/** What needs somebody, or that nothing does. */
export function FindingList({ findings, isWhole }: FindingListProps) {
  if (findings.length === 0 && !isWhole) return <p>Nothing in what could be read. Some of it could not, see below.</p>;
  if (findings.length === 0) return <p>Nothing. Events arrive and are applied, and all gateways are up to date.</p>;
  return (
    <ul className="findings">
      {findings.map(({ tone, text, next, events }) => (
        <li key={text}>
          <Badge tone={tone}>{tone === 'bad' ? 'act' : 'watch'}</Badge>
          <span>{text}</span>
          {events === undefined ? (
            <span className="quiet">{withCode(next)}</span>
          ) : (
            <Link to="/events" search={events}>
              {next}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part));
}
