'use client';
import { type FormEvent, useState } from 'react';
import { useAuth } from '@clerk/nextjs';
import { getErrorMessage, type Schemas } from '@gatehouse/client';
import { useGatehouse } from './use-gatehouse';

/** The list: the server has read it, the browser changes it. */
export function ItemList({ first }: { readonly first: readonly Schemas['Item'][] }) {
  const { isLoaded } = useAuth();
  const gatehouse = useGatehouse();
  const [items, setItems] = useState(first);
  const [fault, setFault] = useState('');

  const attempt = async (change: () => Promise<void>): Promise<void> => {
    setFault('');
    await change().catch((error: unknown) => setFault(getErrorMessage(error)));
  };
  const add = (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    return attempt(async () => {
      const title = String(new FormData(form).get('title'));
      const { data: added } = await gatehouse.POST('/api/items', { body: { title } });
      setItems((before) => [added, ...before]);
      form.reset();
    });
  };
  const remove = ({ id }: Schemas['Item']): Promise<void> =>
    attempt(async () => {
      await gatehouse.DELETE('/api/items/{id}', { params: { path: { id } } });
      setItems((before) => before.filter((item) => item.id !== id));
    });

  return (
    <section className="card">
      <h2>Shopping list</h2>
      <form className="row" onSubmit={(event) => void add(event)}>
        <input name="title" aria-label="New item" placeholder="Milk" required maxLength={200} />
        <button className="button" disabled={!isLoaded}>
          Add
        </button>
      </form>
      <p role="alert">{fault}</p>
      {items.length === 0 && <p className="quiet">Nothing to buy.</p>}
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            {item.title}
            <button aria-label={`Remove ${item.title}`} onClick={() => void remove(item)}>
              Remove
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
