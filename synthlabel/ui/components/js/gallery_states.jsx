import { ArrowUp, CircleAlert, CloudOff, Heart, Images, RotateCw, SearchX, Star, Trash2, Users } from "lucide-react";
import { Link } from "react-router";

import { PRIMARY, SECONDARY } from "./gallery_dialogs.jsx";
import { useOutbox } from "./gallery_outbox.js";
import { number } from "./gallery_words.js";

function Nothing({ icon: Icon, title, text, children }) {
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-2 px-6 pb-16 text-center">
      <Icon size={28} aria-hidden className="text-muted" />
      <h2 className="text-lg font-medium">{title}</h2>
      <p className="max-w-md text-pretty text-muted">{text}</p>
      <div className="mt-3">{children}</div>
    </div>
  );
}

const EMPTY = {
  favorites: [Heart, "No favourites yet", "Press the full stop on an image to keep it here. Nobody else sees your favourites."],
  unrated: [Star, "Everything is rated", "New images wait here until you give them one to five stars, by the keys 1 to 5."],
  shared: [Users, "Nobody has shared anything yet", "Images on a board for the team are here for everybody."],
  trash: [Trash2, "The trash is empty", "What you delete stays here for 30 days, with its ratings and tags, and can be restored."],
  board: [Images, "Nothing on this board yet", "Tick images and press B, or drag them onto the board's name."],
};

/** What is said where there is no image: the first step of each view, or the way out of a search. */
export function Empty({ view, isSearch, onClear }) {
  if (isSearch)
    return (
      <Nothing icon={SearchX} title="Nothing matches" text="No image here has all of that. Words are looked for in the prompts, from their beginning.">
        <button type="button" onClick={onClear} className={PRIMARY}>
          Clear filters
        </button>
      </Nothing>
    );
  const special = EMPTY[view.startsWith("board:") ? "board" : view];
  if (special) return <Nothing icon={special[0]} title={special[1]} text={special[2]} />;
  return (
    <Nothing icon={Images} title="No images yet" text="What you make in the Studio is kept here: every image, with its prompt, seed and price.">
      <Link to="/" className={PRIMARY}>
        Make the first one
      </Link>
    </Nothing>
  );
}

export function Broken({ problem, onRetry, onClear }) {
  const isRefused = problem?.status === 422 || problem?.status === 400;
  return (
    <Nothing
      icon={CircleAlert}
      title={isRefused ? "This search could not be understood" : "The images could not be loaded"}
      text={isRefused ? problem.message : "The server did not answer. Nothing is lost."}
    >
      <div className="flex gap-2" role="alert">
        {isRefused ? (
          <button type="button" onClick={onClear} className={PRIMARY}>
            Clear filters
          </button>
        ) : (
          <button type="button" onClick={onRetry} className={SECONDARY}>
            <RotateCw size={16} aria-hidden /> Try again
          </button>
        )}
      </div>
    </Nothing>
  );
}

export function FreshPill({ count, onShow }) {
  if (!count) return null;
  return (
    <div className="pointer-events-none absolute inset-x-0 top-3 z-20 flex justify-center" role="status">
      <button type="button" onClick={onShow} className={`${PRIMARY} enter pointer-events-auto shadow-float`}>
        <ArrowUp size={16} aria-hidden /> {number(count)} new {count === 1 ? "image" : "images"}
      </button>
    </div>
  );
}

/** Changes that the server does not have yet, once it is out of reach. */
export function Waiting() {
  const { waiting, isStuck } = useOutbox();
  return (
    <span role="status" className="text-warn">
      {isStuck && (
        <span className="flex items-center gap-1.5">
          <CloudOff size={14} aria-hidden /> {waiting === 1 ? "1 change is" : `${number(waiting)} changes are`} kept until the connection is back
        </span>
      )}
    </span>
  );
}
