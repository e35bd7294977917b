const parts = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const clock = new Intl.DateTimeFormat(undefined, parts);
const calendar = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', ...parts });

/** A time in the time zone of the reader, without the date if it is today. The whole time in UTC is its tooltip. */
export function Moment({ at }: { readonly at: string | number | null }) {
  if (at === null) return <>–</>;
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {(isToday ? clock : calendar).format(date)}
    </time>
  );
}
