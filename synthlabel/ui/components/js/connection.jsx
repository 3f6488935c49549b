import { WifiOff } from "lucide-react";
import { useContext, useEffect, useState } from "react";

import { EventLoopContext } from "$/utils/context";

const PATIENCE_MS = 800;

/** Says when the socket is lost, after a moment's patience: a blip is not worth a bar. */
export function ConnectionBar() {
  const [, errors] = useContext(EventLoopContext);
  const lost = errors.length > 0;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div role="status" aria-live="polite" data-connection={lost ? "lost" : "open"}>
      {shown && (
        <p className="flex items-center justify-center gap-2 border-b border-line bg-raised px-4 py-1.5 text-sm text-warn">
          <WifiOff size={14} aria-hidden />
          Reconnecting, results paused
        </p>
      )}
    </div>
  );
}
