import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { useRef } from "react";

/** A click on a message (Undo) is not a click beside the layer; by now the message may be gone from the page. */
export const keepForToasts = (event) => {
  if (!event.target.isConnected || event.target.closest("[data-toasts]")) event.preventDefault();
};

/**
 * The focus begins at what is marked with `data-first`, if anything is (`autoFocus` comes too early for a layer above
 * another one), and goes back to where it was: Radix does that for layers with a button of their own only.
 */
function useFocus() {
  const before = useRef(null);
  return {
    onOpenAutoFocus: (event) => {
      before.current = document.activeElement;
      const first = event.currentTarget.querySelector("[data-first]");
      if (!first) return;
      event.preventDefault();
      first.focus();
    },
    onCloseAutoFocus: (event) => {
      if (!before.current?.isConnected) return;
      event.preventDefault();
      before.current.focus({ preventScroll: true });
    },
  };
}

export function Dialog({ open = false, title, description, wide, onClose, children }) {
  const focus = useFocus();
  return (
    <Radix.Root open={open} onOpenChange={(next) => next || onClose?.()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          onInteractOutside={keepForToasts}
          {...focus}
          aria-describedby={description ? undefined : null}
          className={
            "enter fixed z-50 flex flex-col gap-4 bg-surface p-5 text-ink shadow-float border-line outline-none " +
            "inset-x-0 bottom-0 max-h-[88dvh] overflow-y-auto rounded-t-lg border-t " +
            "sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-[12dvh] sm:max-h-[76dvh] sm:-translate-x-1/2 " +
            `sm:rounded-lg sm:border ${wide ? "sm:w-[44rem]" : "sm:w-[28rem]"}`
          }
        >
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-lg font-medium">{title}</Radix.Title>
            <Radix.Close aria-label="Close" className="-m-1.5 grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
              <X size={16} aria-hidden />
            </Radix.Close>
          </div>
          {description && <Radix.Description className="text-muted">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
