import { CircleAlert, Download, Link2Off, RotateCw } from "lucide-react";
import justified from "justified-layout";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { call, fileAddress } from "./api.js";
import { SECONDARY } from "./gallery_dialogs.jsx";
import { images as imagesOf } from "./gallery_words.js";
import { placeholder } from "./picture.jsx";
import { ends, exactly } from "./share_words.js";
import { SharedLightbox } from "./shared_lightbox.jsx";

const NARROW_PX = 640;
const FEW = 3;
const HIGHEST = 0.74; // of the window

const tokenInAddress = () => window.location.pathname.replace(/\/+$/, "").split("/").pop();

/** `{title, expires_at, images}`, `{problem}`, or null while it is read; and a way to try again. */
function useShared() {
  const [shared, setShared] = useState(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    call("GET", `/shared/${encodeURIComponent(tokenInAddress())}`).then(
      (answer) => isCurrent && setShared(answer),
      (problem) => isCurrent && setShared({ problem }),
    );
    return () => (isCurrent = false);
  }, [tries]);
  return [shared, () => (setShared(null), setTries(tries + 1))];
}

/** The image that the address names, `#3`; Back closes it. */
function useOpenPosition() {
  const read = () => (/^#\d+$/.test(window.location.hash) ? Number(window.location.hash.slice(1)) - 1 : null);
  const [position, setPosition] = useState(read);
  const openedHere = useRef(false);
  useEffect(() => {
    const listen = () => setPosition(read());
    window.addEventListener("popstate", listen);
    return () => window.removeEventListener("popstate", listen);
  }, []);
  const go = (next) => {
    const address = next === null ? window.location.pathname : `#${next + 1}`;
    if (next === null && openedHere.current) {
      openedHere.current = false;
      return window.history.back();
    }
    if (position === null && next !== null) {
      openedHere.current = true;
      window.history.pushState(window.history.state, "", address);
    } else window.history.replaceState(window.history.state, "", address);
    return setPosition(next);
  };
  return [position, go];
}

function useWidth() {
  const element = useRef(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setWidth(element.current.clientWidth));
    observer.observe(element.current);
    setWidth(element.current.clientWidth);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

function Notice({ icon: Icon, title, text, children }) {
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-1 flex-col items-center justify-center gap-2 px-6 py-16 text-center">
      <Icon size={28} aria-hidden className="text-muted" />
      <h1 className="text-lg font-medium">{title}</h1>
      <p className="text-pretty text-muted">{text}</p>
      {children}
    </div>
  );
}

function Trouble({ problem, onRetry }) {
  if (problem.status === 404 || problem.status === 422)
    return <Notice icon={Link2Off} title="This link does not work" text="It may have ended, or have been taken back, or the address is not complete. Ask whoever gave it to you for a new one." />;
  return (
    <Notice icon={CircleAlert} title="The images could not be loaded" text={problem.message}>
      <button type="button" onClick={onRetry} className={`${SECONDARY} mt-3`}>
        <RotateCw size={16} aria-hidden /> Try again
      </button>
    </Notice>
  );
}

function Tile({ image, box, onOpen }) {
  const [isShown, setShown] = useState(false);
  const blur = useMemo(() => placeholder(image.thumbhash), [image.thumbhash]);
  const name = `Image ${image.position + 1}`;
  return (
    <li style={{ position: "absolute", ...box }}>
      <a
        href={`#${image.position + 1}`}
        onClick={(event) => (event.preventDefault(), onOpen(image.position))}
        style={{ backgroundImage: blur && `url(${blur})`, backgroundSize: "100% 100%" }}
        className="group relative block size-full overflow-hidden rounded-sm bg-raised outline-offset-2"
      >
        <img
          src={fileAddress(image.thumbnail_url)}
          alt={image.prompt?.slice(0, 200) ?? name}
          width={image.width}
          height={image.height}
          loading="lazy"
          decoding="async"
          draggable={false}
          onLoad={() => setShown(true)}
          className={`block size-full object-cover transition-opacity duration-200 ${isShown ? "opacity-100" : "opacity-0"}`}
        />
        <span className="pointer-events-none absolute inset-0 rounded-sm ring-amber ring-inset group-hover:ring-2" />
      </a>
      <a
        href={fileAddress(image.download_url)}
        download
        aria-label={`Download ${name.toLowerCase()}`}
        title="Download"
        className="absolute right-1.5 bottom-1.5 grid size-8 place-items-center rounded-sm bg-surface/90 text-ink opacity-0 hover:bg-surface focus-visible:opacity-100 [li:hover>&]:opacity-100 [@media(hover:none)]:opacity-100"
      >
        <Download size={16} aria-hidden />
      </a>
    </li>
  );
}

/** Few images are laid out as large as the window allows: in a row, on a phone one below the other. */
function few(images, width, gap) {
  const ratios = images.map((image) => image.width / image.height);
  const isNarrow = width < NARROW_PX;
  const gaps = gap * (images.length - 1);
  const together = ratios.reduce((sum, ratio) => sum + ratio, 0);
  const height = Math.min(Math.round(window.innerHeight * HIGHEST), (width - gaps) / together);
  let [left, top] = [Math.max(0, (width - gaps - height * together) / 2), 0];
  const boxes = ratios.map((ratio) => {
    const box = isNarrow ? { left: 0, top, width, height: width / ratio } : { left, top: 0, width: height * ratio, height };
    left += box.width + gap;
    top += box.height + gap;
    return box;
  });
  return { boxes, containerHeight: isNarrow ? top - gap : height };
}

function laidOut(images, width) {
  const isNarrow = width < NARROW_PX;
  const gap = isNarrow ? 6 : 12;
  if (images.length <= FEW) return few(images, width, gap);
  return justified(
    images.map((image) => image.width / image.height),
    { containerWidth: width, containerPadding: 0, boxSpacing: gap, targetRowHeight: isNarrow ? 200 : 300, widowLayoutStyle: "left" },
  );
}

function Sheet({ images, onOpen }) {
  const [element, width] = useWidth();
  const { boxes, containerHeight } = useMemo(() => laidOut(images, width), [images, width]);
  return (
    <ul ref={element} aria-label="Images" className="relative w-full" style={{ height: containerHeight }}>
      {width > 0 && images.map((image, at) => <Tile key={image.position} image={image} box={boxes[at]} onOpen={onOpen} />)}
    </ul>
  );
}

/** What somebody sees who was given a link: the images on a light table, and until when. Nothing else, no account. */
export function SharedPage() {
  const [shared, retry] = useShared();
  const [position, open] = useOpenPosition();
  const title = shared?.title || "Shared images";
  useEffect(() => {
    if (shared && !shared.problem) document.title = title;
  }, [shared, title]);
  if (!shared)
    return (
      <div role="status" aria-label="Loading the images" aria-busy="true" className="grid grid-cols-2 gap-3 p-4 sm:grid-cols-3 sm:p-8">
        {Array.from({ length: 6 }, (_, at) => (
          <div key={at} className="skeleton aspect-4/3 rounded-sm" />
        ))}
      </div>
    );
  if (shared.problem) return <Trouble problem={shared.problem} onRetry={retry} />;
  const { images, expires_at } = shared;
  if (!images.length) return <Notice icon={Link2Off} title="There is nothing here any more" text="The images of this link were taken away. The link itself still works: they may come back." />;
  const opened = images.some((image) => image.position === position) ? position : null;
  return (
    <div className="mx-auto flex w-full max-w-[1600px] flex-1 flex-col gap-6 px-4 py-6 sm:px-8 sm:py-10">
      <header className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h1 className="min-w-0 text-xl font-medium text-balance break-words">{title}</h1>
        <p className="text-sm text-muted">
          {imagesOf(images.length)}, <time dateTime={expires_at} title={exactly(expires_at)}>{`the link ${ends(expires_at)}`}</time>
        </p>
      </header>
      <Sheet images={images} onOpen={open} />
      {opened !== null && <SharedLightbox images={images} position={opened} onMove={open} onClose={() => open(null)} />}
    </div>
  );
}
