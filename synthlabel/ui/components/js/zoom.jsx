import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { TransformComponent, TransformWrapper, useTransformContext } from "react-zoom-pan-pinch";

const SMALL_PX = 768;
const FARTHEST = 8;
const STEP = 1.5;
const EASE_MS = 160;
const SWIPE_PX = 48;
const NEARLY = 0.02;

const stillness = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const easeMs = () => (stillness() ? 0 : EASE_MS);

/**
 * Several pictures with one zoom and pan. Places are told as fractions of the picture, so that pictures of different
 * sizes show the same part.
 */
export class ZoomGroup {
  constructor() {
    this.members = new Set();
    this.place = { scale: 1, x: 0.5, y: 0.5 };
  }

  join(member) {
    this.members.add(member);
    if (this.place.scale !== 1) member.go(this.place);
    return () => this.members.delete(member);
  }

  tell(teller, place) {
    this.place = place;
    for (const member of this.members) if (member !== teller) member.go(place);
  }
}

const sizes = ({ wrapperComponent: wrapper, contentComponent: content }) => ({
  wide: wrapper.clientWidth,
  high: wrapper.clientHeight,
  width: content.offsetWidth,
  height: content.offsetHeight,
});

function placeOf(instance) {
  const { wide, high, width, height } = sizes(instance);
  const { scale, positionX, positionY } = instance.state;
  return { scale, x: (wide / 2 - positionX) / scale / width, y: (high / 2 - positionY) / scale / height };
}

function goTo(instance, { scale, x, y }) {
  const { wide, high, width, height } = sizes(instance);
  instance.setState(scale, wide / 2 - x * width * scale, high / 2 - y * height * scale);
}

/** The scale at which one pixel of the image is one pixel of the page. */
const fullScale = (instance, imageWidth) => imageWidth / (instance.contentComponent?.offsetWidth || imageWidth);

/** A small image is shown larger than it is, so that one can judge it; others are never enlarged by themselves. */
const enlargement = (width, height) => (Math.max(width, height) < SMALL_PX ? 2 : 1);

function useGroup(zoom, group) {
  const member = useRef(null);
  useEffect(() => {
    if (!group) return undefined;
    let isFollowing = false;
    const own = {
      go(place) {
        if (!zoom.current?.instance.contentComponent) return;
        isFollowing = true;
        goTo(zoom.current.instance, place);
        isFollowing = false;
      },
      moved: () => isFollowing || group.tell(own, placeOf(zoom.current.instance)),
    };
    member.current = own;
    const leave = group.join(own);
    return () => {
      member.current = null;
      leave();
    };
  }, [zoom, group]);
  return useCallback(() => member.current?.moved(), []);
}

/** A finger's way across a picture that is not zoomed: `step(1)` for the next one. */
function useSwipe(step, zoom) {
  const start = useRef(null);
  if (!step) return {};
  return {
    onTouchStart: (event) => {
      const isZoomed = zoom.current && zoom.current.state.scale > 1 + NEARLY;
      start.current = event.touches.length === 1 && !isZoomed ? event.touches[0] : null;
    },
    onTouchEnd: (event) => {
      if (!start.current) return;
      const moved = event.changedTouches[0].clientX - start.current.clientX;
      const drifted = Math.abs(event.changedTouches[0].clientY - start.current.clientY);
      start.current = null;
      if (Math.abs(moved) > SWIPE_PX && drifted < Math.abs(moved)) step(moved < 0 ? 1 : -1);
    },
  };
}

const Picture = createContext(null);

/**
 * A picture that fits its box and can be zoomed by wheel, pinch and double click, and moved when it is larger.
 *
 * `hands` is a ref that gets `{toggle(event?), by(factor)}`: between fitting and full size, and in steps. `padding` is
 * kept free around it while it fits. What is not the picture itself, such as buttons, goes beside this component.
 */
export function Zoom({ width, height, hands, group, padding = 0, onSwipe, onZoomed, children, aside }) {
  const zoom = useRef(null);
  const moved = useGroup(zoom, group);
  const swipe = useSwipe(onSwipe, zoom);
  const own = useMemo(() => {
    const to = (scale, point) => {
      const { zoomToPoint, centerView, instance } = zoom.current;
      const box = instance.wrapperComponent.getBoundingClientRect();
      const [x, y] = point ? [point.clientX, point.clientY] : [box.left + box.width / 2, box.top + box.height / 2];
      return Math.abs(scale - 1) < NEARLY ? centerView(1, easeMs()) : zoomToPoint(scale, x, y, easeMs());
    };
    return {
      toggle(point) {
        if (!zoom.current) return;
        const full = fullScale(zoom.current.instance, width);
        const isFit = Math.abs(zoom.current.state.scale - 1) < NEARLY;
        to(isFit ? (Math.abs(full - 1) < 4 * NEARLY ? 2 : full) : 1, point);
      },
      by: (factor) => zoom.current && to(zoom.current.state.scale * factor),
    };
  }, [width]);
  useEffect(() => {
    if (!hands) return undefined;
    hands.current = own;
    return () => {
      if (hands.current === own) hands.current = null;
    };
  }, [hands, own]);
  const larger = enlargement(width, height);
  const free = `${padding * 2}px`;
  const box = {
    aspectRatio: `${width} / ${height}`,
    width: `min(calc(100cqw - ${free}), calc((100cqh - ${free}) * ${width / height}), ${width * larger}px)`,
  };
  const context = useMemo(() => ({ width, hands: own }), [width, own]);
  return (
    <Picture.Provider value={context}>
      <div className="@container-size relative size-full touch-none overflow-hidden" {...swipe} onDoubleClick={own.toggle}>
        <TransformWrapper
          ref={zoom}
          minScale={1 / larger}
          maxScale={FARTHEST}
          centerOnInit
          centerZoomedOut
          limitToBounds
          wheel={{ step: 0.004 }}
          pinch={{ step: 5 }}
          panning={{ velocityDisabled: true }}
          doubleClick={{ disabled: true }}
          zoomAnimation={{ animationTime: EASE_MS }}
          autoAlignment={{ animationTime: easeMs(), sizeX: 0, sizeY: 0 }}
          onTransform={(_, { scale }) => {
            moved();
            onZoomed?.(scale > 1 + NEARLY);
          }}
        >
          <TransformComponent wrapperStyle={{ width: "100%", height: "100%" }} contentStyle={box}>
            {children}
          </TransformComponent>
          {aside}
        </TransformWrapper>
      </div>
    </Picture.Provider>
  );
}

/** `[percent, isFit]`, anew at each change. */
function useShown() {
  const instance = useTransformContext();
  const { width } = useContext(Picture);
  const read = useCallback(() => {
    const { scale } = instance.state;
    return `${Math.round((scale / fullScale(instance, width)) * 100)} ${Math.abs(scale - 1) < NEARLY}`;
  }, [instance, width]);
  const [shown, setShown] = useState("100 true");
  useEffect(() => {
    const look = () => setShown(read());
    look();
    return instance.onChange(look);
  }, [instance, read]);
  const [percent, isFit] = shown.split(" ");
  return [percent, isFit === "true"];
}

/** How large the picture is shown, in per cent of its pixels, between two buttons that change it. */
export function ZoomBar({ className = "" }) {
  const { hands } = useContext(Picture);
  const [percent, isFit] = useShown();
  const button = "grid h-8 min-w-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink";
  return (
    <div role="group" aria-label="Zoom" onDoubleClick={(event) => event.stopPropagation()} className={`flex items-center rounded bg-surface/90 p-0.5 ${className}`}>
      <button type="button" aria-label="Smaller" title="Smaller (−)" onClick={() => hands.by(1 / STEP)} className={button}>
        <span aria-hidden className="text-lg leading-none">−</span>
      </button>
      <button
        type="button"
        aria-label={isFit ? "Show at full size" : "Fit to the window"}
        title={isFit ? "Full size (Z)" : "Fit to the window (Z)"}
        onClick={() => hands.toggle()}
        className={`${button} px-1 font-mono text-xs`}
      >
        {percent} %
      </button>
      <button type="button" aria-label="Larger" title="Larger (+)" onClick={() => hands.by(STEP)} className={button}>
        <span aria-hidden className="text-lg leading-none">+</span>
      </button>
    </div>
  );
}
