import * as Radix from "@radix-ui/react-dropdown-menu";
import { Children } from "react";
import { Link } from "react-router";

import { run } from "./commands.js";

export function Menu({ label, open, onOpenChange, children }) {
  const [trigger, items] = Children.toArray(children);
  return (
    <Radix.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="enter z-50 min-w-52 rounded-lg border border-line bg-surface p-1 text-ink shadow-float"
        >
          {items}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  "flex h-9 cursor-pointer items-center gap-2.5 rounded px-2.5 outline-none select-none text-ink " +
  "data-highlighted:bg-raised data-disabled:opacity-50";

/** With `waits` it can have the focus, and cannot be chosen yet. */
export function MenuItem({ href, command, disabled, waits, onSelect, children }) {
  if (href)
    return (
      <Radix.Item asChild className={ITEM}>
        <Link to={href}>{children}</Link>
      </Radix.Item>
    );
  return (
    <Radix.Item
      className={`${ITEM} ${waits ? "opacity-50" : ""}`}
      disabled={disabled}
      aria-disabled={disabled || waits || undefined}
      onSelect={(event) => (waits ? event.preventDefault() : command ? run(command) : onSelect?.())}
    >
      {children}
    </Radix.Item>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
