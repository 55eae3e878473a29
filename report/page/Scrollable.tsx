import type { ComponentChildren } from 'preact';

/** A part that scrolls by itself: it takes the focus, so that the keyboard can scroll it too. */
export function Scrollable(props: {
  readonly class: string;
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  const focusable = (element: HTMLElement | null) => {
    if (element) element.tabIndex = 0;
  };
  return (
    <section class={props.class} aria-label={props.label} ref={focusable}>
      {props.children}
    </section>
  );
}
