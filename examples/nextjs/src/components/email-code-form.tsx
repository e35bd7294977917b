'use client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useAuth } from '@clerk/nextjs';
import { getErrorMessage } from '@gatehouse/client';

/** Outcome of a step at Clerk. */
interface Outcome {
  readonly error: unknown;
}

/** A form in two steps: fields of the person, then the code that Clerk has sent by e-mail. */
export function EmailCodeForm({
  title,
  children,
  footer,
  send,
  verify,
}: {
  readonly title: string;
  /** The fields of the first step. */
  readonly children: ReactNode;
  readonly footer: ReactNode;
  readonly send: (fields: FormData) => Promise<Outcome>;
  readonly verify: (code: string) => Promise<Outcome>;
}) {
  const { isLoaded } = useAuth();
  const [sentTo, setSentTo] = useState('');
  const [fault, setFault] = useState('');
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setFault('');
    const { error } = await (sentTo ? verify(String(fields.get('code'))) : send(fields)).catch((thrown: unknown) => ({
      error: thrown,
    }));
    setBusy(false);
    if (error) setFault(getErrorMessage(error));
    else setSentTo(String(fields.get('email') ?? sentTo));
  };

  return (
    <section className="card">
      <h1>{title}</h1>
      <form onSubmit={(event) => void submit(event)}>
        {sentTo ? (
          <>
            <p>We have sent a code to {sentTo}.</p>
            <label>
              Code
              <input name="code" inputMode="numeric" autoComplete="one-time-code" required autoFocus key="code" />
            </label>
          </>
        ) : (
          <>
            {children}
            <label>
              E-mail address
              <input name="email" type="email" autoComplete="email" required />
            </label>
          </>
        )}
        <p role="alert">{fault}</p>
        <button className="button" disabled={isBusy || !isLoaded}>
          {sentTo ? title : 'Continue'}
        </button>
      </form>
      {footer}
    </section>
  );
}
