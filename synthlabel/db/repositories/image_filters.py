"""Who sees which images, and what of a filter becomes SQL.

A page is walked in the order of ids, newest first, along an index: of all images, of a model's, or of the table that
the filter names (a board, a tag, the person's marks). What no index orders is tested on the way, see ``images``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG, TSQUERY
from sqlmodel import col

from synthlabel.db.tables import Account, Board, BoardImage, Image, ImageMark, ImageTag
from synthlabel.domain.board import Visibility
from synthlabel.domain.gallery_query import CLOCK_LEEWAY, ImageFilter, Scope, Term, first_id_at, read_terms
from synthlabel.domain.trash import KEPT_IN_TRASH

Condition = sa.ColumnElement[bool]
Columns = sa.ColumnCollection[str, sa.ColumnElement[Any]]

IMAGES = cast("sa.Table", Image.__table__)  # pyright: ignore[reportAttributeAccessIssue]
COLUMNS = cast("Columns", IMAGES.c)
_MARKS: Any = cast("sa.Table", ImageMark.__table__).c  # pyright: ignore[reportAttributeAccessIssue]
_TAGS: Any = cast("sa.Table", ImageTag.__table__).c  # pyright: ignore[reportAttributeAccessIssue]
_ON_BOARD: Any = cast("sa.Table", BoardImage.__table__).c  # pyright: ignore[reportAttributeAccessIssue]


def among(column: Any, ids: Iterable[UUID]) -> Condition:
    """True if a column is one of some ids. One parameter for any number of them: a statement has 65,535 at most."""
    return column == sa.any_(sa.cast(list(ids), ARRAY(sa.Uuid)))


# --- who sees what --------------------------------------------------------------------------------------------------


def visible_to(account_id: UUID) -> Condition:
    """True for the person's own images, also in the trash, and for those that their owners show to the team."""
    return (COLUMNS.account_id == account_id) & kept(COLUMNS) | shown_to_team(COLUMNS)


def kept(image: Columns) -> Condition:
    """False once the time in the trash is over: the image is gone, even while its file waits to be deleted."""
    return image.trashed_at.is_(None) | (image.trashed_at > sa.func.now() - KEPT_IN_TRASH)


def shown_to_team(image: Columns) -> Condition:
    """True if its owner has put it on a team's board. What others put there of it shows it to nobody."""
    on_board = (
        sa.select(sa.literal(1))
        .join_from(BoardImage, Board, col(BoardImage.board_id) == col(Board.id))
        .where(
            col(BoardImage.image_id) == image.id,
            col(BoardImage.added_by) == image.account_id,
            col(Board.visibility) == Visibility.TEAM,
            col(Board.trashed_at).is_(None),
        )
        .correlate_except(Board, BoardImage)  # whatever else it is asked together with
        .exists()
    )
    return image.trashed_at.is_(None) & ~image.filtered & on_board


def board_visible_to(account_id: UUID) -> Condition:
    """True for one's own boards and the team's, without the trash."""
    is_team = col(Board.visibility) == Visibility.TEAM
    return col(Board.trashed_at).is_(None) & ((col(Board.account_id) == account_id) | is_team)


# --- what is walked along -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """Tables in the order of an index, which ends in ``id``; ``rest`` is what is to be tested on the way."""

    tables: sa.FromClause
    id: sa.ColumnElement[Any]
    conditions: Sequence[Condition]
    rest: ImageFilter
    order: Sequence[Any] = ()
    """What the index sorts by before ``id``. Without it the planner may think a longer way the shorter one."""
    is_whole: bool = True
    """False if it may end before all has been met."""


def ways(account_id: UUID, wanted: ImageFilter, *, reach: int) -> list[Way]:
    """Return along what to walk to meet all that a filter may find. ``reach`` limits how much of others is met."""
    mine, others = COLUMNS.account_id == account_id, COLUMNS.account_id != account_id
    if wanted.trashed or wanted.scope == Scope.MINE:
        return _ways(account_id, wanted, mine)
    if wanted.board is not None:
        whose = others & shown_to_team(COLUMNS)
        return _ways(account_id, wanted, whose if wanted.scope == Scope.SHARED else mine | whose)
    shown = _shown_way(account_id, wanted, reach)
    return [shown] if wanted.scope == Scope.SHARED else [*_ways(account_id, wanted, mine), shown]


def halves(account_id: UUID, wanted: ImageFilter) -> list[Sequence[Condition]]:
    """Return what an image fulfils to be in the scope and within the bounds: for each half of the scope."""
    common = [*_in_trash(wanted), *_bounds(COLUMNS.id, wanted), *_of_models(wanted)]
    mine = [COLUMNS.account_id == account_id, *common]
    if wanted.trashed or wanted.scope == Scope.MINE:
        return [mine]
    others = [COLUMNS.account_id != account_id, shown_to_team(COLUMNS), *common]
    return [others] if wanted.scope == Scope.SHARED else [mine, others]


def _ways(account_id: UUID, wanted: ImageFilter, whose: Condition) -> list[Way]:
    """Along what narrows most by itself, as far as one can guess; else along all images, or those of a model."""
    narrowing = _narrowing(account_id, wanted)
    common = [whose, *_in_trash(wanted)]
    if narrowing is not None:
        image_id, conditions, rest = narrowing
        tables = sa.join(IMAGES, image_id.table, image_id == COLUMNS.id)
        found = [*common, *conditions, *_bounds(image_id, wanted), *_of_models(wanted)]
        return [Way(tables, image_id, found, rest)]
    common = [*common, *_bounds(COLUMNS.id, wanted)]
    if wanted.models and not wanted.trashed:
        return [_model_way(common, model, wanted) for model in wanted.models]
    return [Way(IMAGES, COLUMNS.id, [*common, *_of_models(wanted)], wanted)]


def _model_way(common: Sequence[Condition], model: str, wanted: ImageFilter) -> Way:
    # As a range it counts as an order, with which only the model's own index agrees.
    of_model = COLUMNS.model.between(model, model)
    return Way(IMAGES, COLUMNS.id, [*common, of_model], replace(wanted, models=()), order=[COLUMNS.model])


def _narrowing(
    account_id: UUID, wanted: ImageFilter
) -> tuple[sa.Column[UUID], Sequence[Condition], ImageFilter] | None:
    """Return a column of image ids with what narrows it, and what of the filter that leaves to be tested."""
    if wanted.board is not None:
        on_board = [_ON_BOARD.board_id == wanted.board, _board_is_visible(account_id, wanted.board)]
        return _ON_BOARD.image_id, on_board, replace(wanted, board=None)
    if wanted.tags:
        tagged = [_TAGS.account_id == account_id, _TAGS.tag == wanted.tags[0]]
        return _TAGS.image_id, tagged, replace(wanted, tags=wanted.tags[1:])
    mine = _MARKS.account_id == account_id
    if wanted.favorite:
        return _MARKS.image_id, [mine, _MARKS.favorite], replace(wanted, favorite=False)
    if wanted.rating is not None:
        return _MARKS.image_id, [mine, _MARKS.rating == wanted.rating], replace(wanted, rating=None)
    if wanted.rating_gte is not None:
        return _MARKS.image_id, [mine, _MARKS.rating >= wanted.rating_gte], replace(wanted, rating_gte=None)
    return None


def _shown_way(account_id: UUID, wanted: ImageFilter, reach: int) -> Way:
    """Along what is on the team's boards: no index has the order of them all, but sorting them needs no images."""
    shown = _shown()
    newest = (
        sa.select(shown.c.image_id, shown.c.added_by)
        .where(shown.c.added_by != account_id, *_bounds(shown.c.image_id, wanted))
        .order_by(shown.c.image_id.desc())
        .limit(reach)
        .subquery("newest")
    )
    tables = sa.join(IMAGES, newest, (newest.c.image_id == COLUMNS.id) & (newest.c.added_by == COLUMNS.account_id))
    return Way(tables, newest.c.image_id, [*_in_trash(wanted), *_of_models(wanted)], wanted, is_whole=False)


def _shown() -> sa.Subquery:
    """All that is on boards of the team, each once, with who has put it there."""
    statement = (
        sa.select(col(BoardImage.image_id), col(BoardImage.added_by))
        .join(Board, col(Board.id) == col(BoardImage.board_id))
        .where(col(Board.visibility) == Visibility.TEAM, col(Board.trashed_at).is_(None))
    )
    return statement.distinct().subquery("shown")


def _in_trash(wanted: ImageFilter) -> list[Condition]:
    # As the partial indexes say it, or the planner doesn't know them again
    shown = ~COLUMNS.filtered
    if wanted.trashed:
        return [COLUMNS.trashed_at.is_not(None), kept(COLUMNS), shown]
    return [COLUMNS.trashed_at.is_(None), shown]


def _bounds(image_id: Any, wanted: ImageFilter) -> list[Condition]:
    """Return what limits the walk itself: the page's start, and times."""
    found: list[Condition] = []
    if wanted.before is not None:
        found.append(image_id < wanted.before)
    if wanted.created_after is not None:
        found.append(image_id >= first_id_at(wanted.created_after, shift=-CLOCK_LEEWAY))
    if wanted.created_before is not None:
        found.append(image_id <= first_id_at(wanted.created_before, shift=CLOCK_LEEWAY))
    return found


def _of_models(wanted: ImageFilter) -> list[Condition]:
    return [COLUMNS.model.in_(wanted.models)] if wanted.models else []


# --- what is tested on the way --------------------------------------------------------------------------------------


def tests(image: Columns, account_id: UUID, wanted: ImageFilter) -> list[Condition]:
    """Return what else an image must fulfil, in terms of the columns of any table or subquery of images."""
    return [
        *_words(image, account_id, wanted),
        *_marks(image, account_id, wanted),
        *(_tagged(image, tag) for tag in wanted.tags),
        *([] if wanted.board is None else [_on_board(image, account_id, wanted.board)]),
        *([] if wanted.by is None else [image.account_id.in_(_accounts(wanted.by))]),
        *([] if wanted.created_after is None else [image.created_at > wanted.created_after]),
        *([] if wanted.created_before is None else [image.created_at < wanted.created_before]),
        *([] if wanted.as_of is None else [_came(image, wanted) <= wanted.as_of]),
    ]


def _came(image: Columns, wanted: ImageFilter) -> sa.ColumnElement[Any]:
    return image.trashed_at if wanted.trashed else image.created_at


def _words(image: Columns, account_id: UUID, wanted: ImageFilter) -> list[Condition]:
    """All that the search column holds, as one query, so that one pass over its index finds the combination."""
    terms = [_term(term) for term in read_terms(wanted.q)]
    facts = _facts(wanted)
    if not terms and not facts:
        return []
    facts = [*facts, [f"=model:{model}" for model in wanted.models]]  # they have an index, but not with words
    owner = [f"=owner:{account_id}"] if wanted.scope == Scope.MINE else []
    query = _all_of([*(_lexemes(names) for names in [owner, *facts] if names), *terms])
    return [image.search.op("@@", is_comparison=True)(query)]


def _facts(wanted: ImageFilter) -> list[list[str]]:
    """Return the facts that are asked for, each as lexemes of which one must be there, see ``tables.SEARCH_TEXT``."""
    facts = {"seed": wanted.seed, "width": wanted.width_px, "height": wanted.height_px, "task": wanted.task}
    return [[f"={name}:{value}"] for name, value in facts.items() if value is not None]


def _lexemes(names: Sequence[str]) -> sa.ColumnElement[Any]:
    return sa.cast(" | ".join(_quoted(name) for name in names), TSQUERY)


def _term(term: Term) -> sa.ColumnElement[Any]:
    if term.phrase:
        return sa.func.phraseto_tsquery(_config("simple"), term.text)
    begins = f"{_quoted(term.text)}:*"
    by_letters = sa.func.to_tsquery(_config("simple"), begins)
    return by_letters.op("||")(sa.func.to_tsquery(_config("english"), begins))


def _quoted(text: str) -> str:
    """Quote a text for ``tsquery``: nothing in it is an operator then."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _config(name: str) -> sa.ColumnElement[Any]:
    return sa.cast(name, REGCONFIG)


def _all_of(queries: Sequence[sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    both, *others = queries
    for other in others:
        both = both.op("&&")(other)
    return both


def _marks(image: Columns, account_id: UUID, wanted: ImageFilter) -> list[Condition]:
    rating = col(ImageMark.rating)
    found: list[Condition] = []
    if wanted.rating is not None:
        found.append(_marked(image, account_id, rating == wanted.rating))
    if wanted.rating_gte is not None:
        found.append(_marked(image, account_id, rating >= wanted.rating_gte))
    if wanted.favorite:
        found.append(_marked(image, account_id, col(ImageMark.favorite).is_(True)))
    if wanted.unrated:
        found.append(~_marked(image, account_id, rating.is_not(None)))
    return found


def _marked(image: Columns, account_id: UUID, condition: Condition) -> Condition:
    return sa.exists().where(col(ImageMark.account_id) == account_id, col(ImageMark.image_id) == image.id, condition)


def _tagged(image: Columns, tag: str) -> Condition:
    # The account is known with the image; named here, the index by account serves.
    mine = col(ImageTag.account_id) == image.account_id
    tagged = sa.exists().where(col(ImageTag.image_id) == image.id, mine, col(ImageTag.tag) == tag)
    return tagged.correlate_except(ImageTag)


def _on_board(image: Columns, account_id: UUID, board_id: UUID) -> Condition:
    on_board = sa.exists().where(col(BoardImage.image_id) == image.id, col(BoardImage.board_id) == board_id)
    return on_board.correlate_except(BoardImage) & _board_is_visible(account_id, board_id)


def _board_is_visible(account_id: UUID, board_id: UUID) -> Condition:
    return sa.exists().where(col(Board.id) == board_id, board_visible_to(account_id)).correlate_except(Board)


def _accounts(name: str) -> sa.Select[Any]:
    # An email has to be known whole: by its beginnings it could be found out letter by letter
    is_email = sa.func.lower(col(Account.email)) == name.lower()
    is_id = sa.cast(col(Account.id), sa.String) == name.lower()
    begins = col(Account.name).istartswith(name, autoescape=True)
    return sa.select(col(Account.id)).where(is_id | is_email | begins)
