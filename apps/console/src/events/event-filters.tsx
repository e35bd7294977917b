import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useEffect, useId, useState } from 'react';
import { type EventSearch, type spans, statuses } from './event-search';

const spanNames: Readonly<Record<keyof typeof spans, string>> = {
  '1h': 'the last hour',
  '24h': 'the last day',
  '7d': 'the last week',
};

/** Filters of the list. Each choice is part of the address. */
export function EventFilters({ search }: { readonly search: EventSearch }) {
  const navigate = useNavigate();
  const id = useId();
  const [text, setText] = useState(search.find ?? '');
  useEffect(() => setText(search.find ?? ''), [search.find]);
  const go = (changes: { [Name in keyof EventSearch]: EventSearch[Name] | undefined }) => {
    const all = Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined && value !== '');
    void navigate({ to: '/events', search: Object.fromEntries(all) as EventSearch });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    go({ find: text.trim() });
  };
  const standing = search.dead ? 'dead' : (search.status ?? '');
  return (
    <form className="fields" role="search" onSubmit={submit}>
      <div className="field">
        <label htmlFor={`${id}-find`}>Delivery (msg_…), user (user_…), type, error code, or correlation id</label>
        <input id={`${id}-find`} type="search" value={text} onChange={({ target }) => setText(target.value)} />
      </div>
      <div className="field">
        <label htmlFor={`${id}-status`}>Status</label>
        <select
          id={`${id}-status`}
          value={standing}
          onChange={({ target: { value } }) =>
            go({
              dead: value === 'dead' ? true : undefined,
              status: statuses.find((status) => status === value),
            })
          }
        >
          <option value="">any</option>
          <option value="dead">dead</option>
          {statuses.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-span`}>Recorded in</label>
        <select
          id={`${id}-span`}
          value={search.span ?? ''}
          onChange={({ target: { value } }) => go({ span: (value || undefined) as EventSearch['span'] })}
        >
          <option value="">all the time</option>
          {Object.entries(spanNames).map(([span, name]) => (
            <option key={span} value={span}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </form>
  );
}
