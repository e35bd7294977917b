import { type ReactNode, useEffect } from 'react';

interface PageProps {
  readonly title: string;
  /** What stands beside the title, such as a badge. */
  readonly mark?: ReactNode;
  /** Buttons. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Title and content of a page. The title is also that of the tab. */
export function Page({ title, mark, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Gatehouse`;
  }, [title]);
  return (
    <>
      <div className="head">
        <h1>{title}</h1>
        {mark}
        {actions !== undefined && <div className="aside">{actions}</div>}
      </div>
      {children}
    </>
  );
}
