import { Heart, Star } from "lucide-react";

import { act } from "./gallery_outbox.js";

const NUMBERS = [1, 2, 3, 4, 5];

export const rate = (image, rating) => act({ kind: "rate", selection: { ids: [image.id] }, value: { rating: rating || null } });

export const toggleFavorite = (image) => act({ kind: "favorite", selection: { ids: [image.id] }, value: { favorite: !image.favorite } });

/** One to five stars to click; the one that is set takes the rating away again. */
export function Stars({ image, size = 18, className = "" }) {
  const rating = image.rating ?? 0;
  return (
    <div role="group" aria-label={rating ? `Rated ${rating} of 5` : "Not rated"} className={`group/stars flex ${className}`}>
      {NUMBERS.map((stars) => (
        <button
          key={stars}
          type="button"
          aria-label={`Rate ${stars} of 5`}
          aria-pressed={stars === rating}
          title={stars === rating ? "No rating (0)" : `Rate ${stars} of 5 (${stars})`}
          onClick={() => rate(image, stars === rating ? 0 : stars)}
          className="peer grid h-10 w-8 place-items-center rounded text-control hover:text-amber has-[~*:hover]:text-amber"
        >
          <Star size={size} aria-hidden className={stars <= rating ? "fill-amber text-amber" : ""} />
        </button>
      ))}
    </div>
  );
}

export function Favourite({ image, size = 18, className = "" }) {
  return (
    <button
      type="button"
      aria-label="Favourite"
      aria-pressed={Boolean(image.favorite)}
      title={image.favorite ? "No longer a favourite (.)" : "Favourite (.)"}
      onClick={() => toggleFavorite(image)}
      className={`grid size-10 place-items-center rounded text-muted hover:bg-raised hover:text-ink ${className}`}
    >
      <Heart size={size} aria-hidden className={image.favorite ? "fill-amber text-amber" : ""} />
    </button>
  );
}
