import { ChevronLeft, ChevronRight } from "lucide-react";
import { ReactCompareSlider } from "react-compare-slider";

import { FullPicture } from "./lightbox_stage.jsx";
import { Zoom } from "./zoom.jsx";

/** A picture that follows the zoom of those beside it. */
export function CompareStage({ image, alt, group, hands, onSwipe }) {
  return (
    <div className="size-full cursor-grab active:cursor-grabbing">
      <Zoom width={image.width} height={image.height} group={group} hands={hands} padding={8} onSwipe={onSwipe}>
        <FullPicture image={image} alt={alt} />
      </Zoom>
    </div>
  );
}

function Handle({ isUpright }) {
  return (
    <span className={`grid place-items-center ${isUpright ? "h-8 w-full" : "h-full w-8"}`}>
      <span aria-hidden className={`absolute bg-amber ${isUpright ? "h-0.5 w-full" : "h-full w-0.5"}`} />
      <span aria-hidden className={`relative flex rounded-full bg-amber text-on-amber shadow-float ${isUpright ? "rotate-90" : ""} px-0.5 py-1.5`}>
        <ChevronLeft size={16} />
        <ChevronRight size={16} className="-ml-1" />
      </span>
    </span>
  );
}

/** Two pictures in the same place, and a line between them that is moved; all else of the hand goes to the zoom. */
export function Divider({ one, two, labels, isUpright }) {
  return (
    <div className="relative min-h-0 flex-1">
      <ReactCompareSlider
        itemOne={<div className="size-full">{one}</div>}
        itemTwo={<div className="size-full">{two}</div>}
        handle={<Handle isUpright={isUpright} />}
        portrait={isUpright}
        onlyHandleDraggable
        keyboardIncrement="2%"
        aria-label="Where the one ends and the other begins"
        style={{ width: "100%", height: "100%" }}
      />
      {/* Side by side the names stand below the halves. */}
      {isUpright && labels.map((label, at) => label && <Label key={at} text={label} place={at === 0 ? "top-2" : "bottom-2"} />)}
    </div>
  );
}

function Label({ text, place }) {
  return <span className={`pointer-events-none absolute left-2 max-w-[70%] truncate rounded-sm bg-surface/90 px-2 py-1 text-xs ${place}`}>{text}</span>;
}
