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
    on_board = sa.exists().where(
        col(BoardImage.image_id) == image.id,
        col(BoardImage.added_by) == image.account_id,
        col(BoardImage.board_id) == col(Board.id),
        col(Board.visibility) == Visibility.TEAM,
        col(Board.trashed_at).is_(None),
    )
    return image.trashed_at.is_(None) & ~image.filtered & on_board


def board_visible_to(account_id: UUID) -> Condition:
    """True for one's own boards and the team's, without the trash."""
    is_team = col(Board.visibility) == Visibility.TEAM
    return col(Board.trashed_at).is_(None) & ((col(Board.account_id) == account_id) | is_team)


# --- what is walked along -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """Tables in the order of an index: ``id`` is its column, ``rest`` what the order does not take care of."""

    tables: sa.FromClause
    id: sa.ColumnElement[Any]
    conditions: Sequence[Condition]
    rest: ImageFilter


def ways(account_id: UUID, wanted: ImageFilter, *, reach: int) -> list[Way]:
    """Return along what to walk: one way for each half of the scope. ``reach`` limits what others show."""
    mine = _own_way(account_id, wanted)
    if wanted.trashed or wanted.scope == Scope.MINE:
        return [mine]
    others = _shown_way(account_id, wanted, reach)
    return [others] if wanted.scope == Scope.SHARED else [mine, others]


def halves(account_id: UUID, wanted: ImageFilter) -> list[Sequence[Condition]]:
    """Return what an image fulfils to be in the scope and within the bounds: for each half of the scope."""
    mine = [COLUMNS.account_id == account_id, *_in_trash(wanted), *_bounds(COLUMNS.id, wanted)]
    if wanted.trashed or wanted.scope == Scope.MINE:
        return [mine]
    shown = COLUMNS.id.in_(sa.select(_shown().c.image_id))
    others = [COLUMNS.account_id != account_id, shown, shown_to_team(COLUMNS), *_bounds(COLUMNS.id, wanted)]
    return [others] if wanted.scope == Scope.SHARED else [mine, others]


def _own_way(account_id: UUID, wanted: ImageFilter) -> Way:
    """Along what narrows most by itself, as far as one can guess; else along all images, or those of a model."""
    mark = [col(ImageMark.account_id) == account_id]
    conditions = [COLUMNS.account_id == account_id, *_in_trash(wanted)]
    if wanted.board is not None:
        narrow, rest = col(BoardImage.image_id), replace(wanted, board=None)
        conditions += [col(BoardImage.board_id) == wanted.board, _board_is_visible(account_id, wanted.board)]
    elif wanted.tags:
        narrow, rest = col(ImageTag.image_id), replace(wanted, tags=wanted.tags[1:])
        conditions += [col(ImageTag.account_id) == account_id, col(ImageTag.tag) == wanted.tags[0]]
    elif wanted.favorite:
        narrow, rest = col(ImageMark.image_id), replace(wanted, favorite=False)
        conditions += [*mark, col(ImageMark.favorite)]
    elif wanted.rating is not None:
        narrow, rest = col(ImageMark.image_id), replace(wanted, rating=None)
        conditions += [*mark, col(ImageMark.rating) == wanted.rating]
    elif wanted.rating_gte is not None:
        narrow, rest = col(ImageMark.image_id), replace(wanted, rating_gte=None)
        conditions += [*mark, col(ImageMark.rating) >= wanted.rating_gte]
    else:
        return Way(IMAGES, COLUMNS.id, [*conditions, *_bounds(COLUMNS.id, wanted)], wanted)
    table = narrow.expression.table  # pyright: ignore[reportAttributeAccessIssue]
    tables = sa.join(IMAGES, table, narrow == COLUMNS.id)
    return Way(tables, narrow.expression, [*conditions, *_bounds(narrow, wanted)], rest)


def _shown_way(account_id: UUID, wanted: ImageFilter, reach: int) -> Way:
    """Along what is on the team's boards. It has no index of its own over all boards, but is sorted without images."""
    shown = _shown()
    newest = (
        sa.select(shown.c.image_id, shown.c.added_by)
        .where(shown.c.added_by != account_id, *_bounds(shown.c.image_id, replace(wanted, models=())))
        .order_by(shown.c.image_id.desc())
        .limit(reach)
        .subquery("newest")
    )
    tables = sa.join(IMAGES, newest, (newest.c.image_id == COLUMNS.id) & (newest.c.added_by == COLUMNS.account_id))
    return Way(tables, newest.c.image_id, [*_in_trash(wanted), *_model(wanted)], wanted)


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
    """Return what limits the walk itself: the page's start, times, and a model, which has an order of its own."""
    found = _model(wanted)
    if wanted.before is not None:
        found.append(image_id < wanted.before)
    if wanted.created_after is not None:
        found.append(image_id >= first_id_at(wanted.created_after - CLOCK_LEEWAY))
    if wanted.created_before is not None:
        found.append(image_id <= first_id_at(wanted.created_before + CLOCK_LEEWAY))
    return found


def _model(wanted: ImageFilter) -> list[Condition]:
    return [COLUMNS.model == wanted.models[0]] if len(wanted.models) == 1 else []


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
    ]


def _words(image: Columns, account_id: UUID, wanted: ImageFilter) -> list[Condition]:
    """All that the search column holds, as one query, so that one pass over its index finds the combination."""
    terms = [_term(term) for term in read_terms(wanted.q)]
    facts = _facts(wanted)
    if not terms and not facts:
        return []
    owner = [f"=owner:{account_id}"] if wanted.scope == Scope.MINE else []
    query = _all_of([*(_lexemes(names) for names in [owner, *facts] if names), *terms])
    return [image.search.op("@@", is_comparison=True)(query)]


def _facts(wanted: ImageFilter) -> list[list[str]]:
    """Return the facts that are asked for, each as lexemes of which one must be there: ``tables.SEARCH_TEXT``."""
    facts = {"seed": wanted.seed, "width": wanted.width_px, "height": wanted.height_px, "task": wanted.task}
    single = [[f"={name}:{value}"] for name, value in facts.items() if value is not None]
    # One model alone has an index of its own.
    return [[f"=model:{model}" for model in wanted.models], *single] if len(wanted.models) > 1 else single


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
    return sa.exists().where(
        col(ImageTag.image_id) == image.id, col(ImageTag.account_id) == image.account_id, col(ImageTag.tag) == tag
    )


def _on_board(image: Columns, account_id: UUID, board_id: UUID) -> Condition:
    return sa.exists().where(
        col(BoardImage.image_id) == image.id, col(BoardImage.board_id) == board_id
    ) & _board_is_visible(account_id, board_id)


def _board_is_visible(account_id: UUID, board_id: UUID) -> Condition:
    return sa.exists().where(col(Board.id) == board_id, board_visible_to(account_id))


def _accounts(name: str) -> sa.Select[Any]:
    begins = [column.istartswith(name, autoescape=True) for column in (col(Account.email), col(Account.name))]
    is_id = sa.cast(col(Account.id), sa.String) == name.lower()
    return sa.select(col(Account.id)).where(sa.or_(is_id, *begins))
