import { useEffect, useMemo, useRef, useState } from "react";
import { thumbHashToDataURL } from "thumbhash";

import { call, fileAddress, fileSet } from "./api.js";

export function placeholder(thumbhash) {
  if (!thumbhash || typeof atob === "undefined") return undefined;
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0)));
  } catch {
    return undefined; // no picture is worse than a missing blur
  }
}

export function thumbnailSet(image) {
  const longer = Math.max(image.width, image.height);
  return Object.entries(image.thumbnails)
    .map(([side, address]) => `${address} ${Math.round((Number(side) * image.width) / longer)}w`)
    .join(", ");
}

/**
 * Signed addresses expire while a page stays open: `[fresh, ask]`. `ask` reads the image `id` again, once for each
 * `address` that failed; `fresh` is what came back, null before.
 */
export function useFreshImage(id, address) {
  const [answer, setAnswer] = useState(null);
  const asked = useRef(null);
  const ask = async () => {
    if (!id || asked.current === address) return;
    asked.current = address;
    const image = await call("GET", `/images/${encodeURIComponent(id)}`).catch(() => null);
    setAnswer({ address, image });
  };
  return [answer?.address === address ? answer.image : null, ask];
}

/** Thumbhash → thumbnail → fade, in a box that has its final shape from the start. */
export function Picture({ imageId, thumbhash, src, srcset, sizes, alt = "", width = 1, height = 1, className = "", style }) {
  const [shown, setShown] = useState(false);
  const [covered, setCovered] = useState(false);
  const [fresh, askAgain] = useFreshImage(imageId, src);
  const addresses = fileSet(fresh ? thumbnailSet(fresh) : srcset) || undefined;
  const image = useRef(null);
  const blur = useMemo(() => placeholder(thumbhash), [thumbhash]);
  useEffect(() => {
    if (image.current?.complete && image.current.naturalWidth) setShown(true);
  }, [src]);
  return (
    <span
      className={`relative block overflow-hidden bg-raised ${className}`}
      style={{ aspectRatio: `${width} / ${height}`, backgroundImage: blur && !covered ? `url(${blur})` : undefined, backgroundSize: "100% 100%", ...style }}
    >
      <img
        key={fresh ? "fresh" : "first"}
        ref={image}
        src={fileAddress(fresh?.thumbnail_url ?? src)}
        srcSet={addresses}
        sizes={addresses ? sizes : undefined}
        alt={alt}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
        draggable={false}
        onLoad={() => setShown(true)}
        onError={askAgain}
        // From here on the blur would only be seen through a picture that has no background.
        onTransitionEnd={() => setCovered(true)}
        className={`block size-full object-cover transition-opacity duration-200 ${shown ? "opacity-100" : "opacity-0"}`}
      />
    </span>
  );
}
