import { useGatehouse, useQuotas } from '@gatehouse/react';
import { attempt } from './notices';

/** What is left of the month. */
export function Quotas() {
  const gatehouse = useGatehouse();
  const { quotas } = useQuotas();
  const use = () => gatehouse.POST('/api/tokens/consume', { body: { amount: 500 } });
  return (
    <section className="card" aria-labelledby="quotas">
      <h2 id="quotas">This month</h2>
      {quotas === null ? (
        <p>What is left is not known at the moment.</p>
      ) : (
        <>
          <Gauge label="Tokens" {...quotas.tokens} />
          <Gauge label="Uploads" {...quotas.uploads} />
        </>
      )}
      <button onClick={() => attempt(use())}>Use 500 tokens</button>
    </section>
  );
}

function Gauge({ label, limit, remaining }: { label: string; limit: number; remaining: number }) {
  return (
    <label className="gauge">
      <span>
        {label} <b>{remaining.toLocaleString('en')}</b> of {limit.toLocaleString('en')} left
      </span>
      <meter max={Math.max(limit, 1)} low={limit / 10} value={Math.max(remaining, 0)} />
    </label>
  );
}
