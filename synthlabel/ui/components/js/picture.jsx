import { useEffect, useMemo, useRef, useState } from "react";
import { thumbHashToDataURL } from "thumbhash";

import { fileAddress, fileSet } from "./api.js";

export function placeholder(thumbhash) {
  if (!thumbhash || typeof atob === "undefined") return undefined;
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0)));
  } catch {
    return undefined; // no picture is worse than a missing blur
  }
}

/** Thumbhash → thumbnail → fade, in a box that has its final shape from the start. */
export function Picture({ thumbhash, src, srcset, sizes, alt = "", width = 1, height = 1, className = "", style }) {
  const [shown, setShown] = useState(false);
  const image = useRef(null);
  const blur = useMemo(() => placeholder(thumbhash), [thumbhash]);
  useEffect(() => {
    if (image.current?.complete && image.current.naturalWidth) setShown(true);
  }, [src]);
  return (
    <span
      className={`relative block overflow-hidden bg-raised ${className}`}
      style={{ aspectRatio: `${width} / ${height}`, backgroundImage: blur && `url(${blur})`, backgroundSize: "100% 100%", ...style }}
    >
      <img
        ref={image}
        src={fileAddress(src)}
        srcSet={fileSet(srcset) || undefined}
        sizes={srcset ? sizes : undefined}
        alt={alt}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
        draggable={false}
        onLoad={() => setShown(true)}
        className={`block size-full object-cover transition-opacity duration-200 ${shown ? "opacity-100" : "opacity-0"}`}
      />
    </span>
  );
}
