import { useState } from "react";

import { fileAddress } from "./api.js";
import { placeholder, useFreshImage } from "./picture.jsx";
import { Zoom, ZoomBar } from "./zoom.jsx";

/** What is seen through a picture without a background: neither black nor white, so that edges show. */
const CHECKS = "repeating-conic-gradient(var(--raised) 0% 25%, var(--surface) 0% 50%) 0 0 / 16px 16px";

/** Thumbhash below, then the thumbnail, then the full picture: each covers the one before in the same box. */
export function FullPicture({ image, alt = image.prompt }) {
  const [isLoaded, setLoaded] = useState(false);
  const [fresh, askAgain] = useFreshImage(image.id, image.url);
  const thumbnails = Object.values(image.thumbnails);
  const below = `url(${fileAddress(thumbnails[thumbnails.length - 1])}), url(${placeholder(image.thumbhash) ?? ""})`;
  const seen = isLoaded ? {} : { backgroundImage: below, backgroundSize: "100% 100%" };
  return (
    <span className="block size-full" style={image.task === "remove_background" ? { background: CHECKS } : seen}>
      <img
        key={fresh ? "fresh" : "first"}
        src={fileAddress(fresh?.url ?? image.url)}
        alt={alt}
        width={image.width}
        height={image.height}
        draggable={false}
        onLoad={() => setLoaded(true)}
        onError={askAgain}
        className={`pointer-events-auto! block size-full select-none ${isLoaded ? "" : "opacity-0"}`}
      />
    </span>
  );
}

/** The picture with its zoom. `onStep(1)` is a swipe to the next one. */
export function Stage({ image, hands, isBare, onStep }) {
  const [isZoomed, setZoomed] = useState(false);
  const bar = <ZoomBar className="absolute right-3 bottom-3 z-10 max-md:hidden" />;
  return (
    <div data-zoomed={isZoomed || undefined} className={`size-full ${isZoomed ? "cursor-grab active:cursor-grabbing" : "cursor-zoom-in"}`}>
      <Zoom width={image.width} height={image.height} hands={hands} padding={isBare ? 0 : 12} onSwipe={onStep} onZoomed={setZoomed} aside={isBare ? null : bar}>
        <FullPicture image={image} />
      </Zoom>
    </div>
  );
}
