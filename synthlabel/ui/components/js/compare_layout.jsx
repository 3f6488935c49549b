import { CircleAlert, X } from "lucide-react";

import { CompareStage, Divider } from "./compare_stage.jsx";
import { Favourite, Stars } from "./image_marks.jsx";

/** The pictures in the chosen mode, each with its name, its rating and the way out. */
export function Layout({ comparison, onOpen }) {
  const { mode } = comparison;
  if (mode === "slider") return <InOnePlace comparison={comparison} onOpen={onOpen} />;
  if (mode === "flip") return <OneByOne comparison={comparison} onOpen={onOpen} />;
  return <Together comparison={comparison} onOpen={onOpen} />;
}

const placesOf = ({ ids }) => ids.map((_, place) => place);

function InOnePlace({ comparison, onOpen }) {
  const { isNarrow, label, ids } = comparison;
  const pane = (place) => <Pane key={ids[place]} comparison={comparison} place={place} />;
  return (
    <>
      <Divider isUpright={isNarrow} one={pane(0)} two={pane(1)} labels={[label(0), label(1)]} />
      <div className="grid shrink-0 divide-line border-t border-line sm:grid-cols-2 sm:divide-x">
        {placesOf(comparison).map((place) => (
          <Foot key={ids[place]} comparison={comparison} place={place} onOpen={onOpen} />
        ))}
      </div>
    </>
  );
}

/** All of them in the same place, so that what differs moves; the one that is shown has the keys. */
function OneByOne({ comparison, onOpen }) {
  const { ids, at, step } = comparison;
  return (
    <>
      <div className="relative min-h-0 flex-1">
        {placesOf(comparison).map((place) => (
          <div key={ids[place]} aria-hidden={place !== at} inert={place !== at} className={`absolute inset-0 ${place === at ? "" : "invisible"}`}>
            <Pane comparison={comparison} place={place} onSwipe={step} />
          </div>
        ))}
      </div>
      <div className="flex shrink-0 flex-col border-t border-line">
        <Letters comparison={comparison} />
        <Foot comparison={comparison} place={at} onOpen={onOpen} />
      </div>
    </>
  );
}

function Together({ comparison, onOpen }) {
  const { ids, mode, isNarrow, setCurrent } = comparison;
  const beside = isNarrow ? "grid-cols-1 auto-rows-fr" : "grid-flow-col auto-cols-fr";
  return (
    <div className={`grid min-h-0 flex-1 gap-px bg-line ${mode === "tiled" ? "grid-cols-2 auto-rows-fr" : beside}`}>
      {placesOf(comparison).map((place) => (
        <div key={ids[place]} onPointerDown={() => setCurrent(place)} className="flex min-h-0 min-w-0 flex-col bg-canvas">
          <div className="relative min-h-0 flex-1">
            <Pane comparison={comparison} place={place} />
          </div>
          <Foot comparison={comparison} place={place} onOpen={onOpen} />
        </div>
      ))}
    </div>
  );
}

function Pane({ comparison, place, onSwipe }) {
  const { images, at, group, zoom, isBlind, letter } = comparison;
  const image = images[place];
  if (!image) return <div role="status" aria-label="Loading the image" className="skeleton size-full" />;
  if (image.problem) return <Gone problem={image.problem} />;
  return <CompareStage image={image} alt={isBlind ? `Image ${letter(place)}` : image.prompt} group={group} hands={place === at ? zoom : null} onSwipe={onSwipe} />;
}

function Letters({ comparison }) {
  const { at, label, letter, setCurrent } = comparison;
  return (
    <div role="group" aria-label="Images" className="flex justify-center gap-1 pt-2">
      {placesOf(comparison).map((place) => (
        <button
          key={place}
          type="button"
          aria-label={`Show ${label(place) || letter(place)}`}
          aria-pressed={place === at}
          onClick={() => setCurrent(place)}
          className="grid h-8 min-w-10 place-items-center rounded text-sm font-medium text-muted hover:bg-raised aria-pressed:bg-raised aria-pressed:text-ink"
        >
          {letter(place)}
        </button>
      ))}
    </div>
  );
}

/** The keys mean the one with the amber line. */
function Foot({ comparison, place, onOpen }) {
  const { ids, images, at, label, setCurrent, remove } = comparison;
  const image = images[place];
  const isThere = image && !image.problem;
  return (
    <div onPointerDown={() => setCurrent(place)} className={`flex min-h-12 items-center gap-x-2 border-t-2 px-2 sm:px-3 ${place === at ? "border-t-amber" : "border-t-transparent"}`}>
      {isThere ? (
        <button type="button" onClick={() => onOpen(ids[place])} title="Open it" aria-label={`Open it: ${label(place)}`} className="min-w-0 flex-1 truncate text-left text-sm hover:underline">
          {label(place)}
        </button>
      ) : (
        <span className="flex-1" />
      )}
      {isThere && <Stars image={image} size={16} className="max-sm:-mx-1" />}
      {isThere && <Favourite image={image} size={16} className="max-sm:hidden" />}
      <button type="button" aria-label={`Take out ${label(place)}`} title="Take it out (Del)" onClick={() => remove(ids[place])} className="grid size-9 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink">
        <X size={16} aria-hidden />
      </button>
    </div>
  );
}

function Gone({ problem }) {
  return (
    <div role="alert" className="flex size-full flex-col items-center justify-center gap-2 px-6 text-center">
      <CircleAlert size={24} aria-hidden className="text-muted" />
      <p>{problem.status === 404 ? "There is no such image." : problem.message}</p>
    </div>
  );
}
