"""Judging, finding and reusing images: marks, tags, boards, shares, uploads, sources, LoRAs, presets."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# Before the search column, so that each row is written once for both.
COPY_FROM_GENERATIONS = """
    UPDATE image SET prompt = generation.prompt, model = generation.model
    FROM generation WHERE generation.id = image.generation_id
"""

SEARCH_TEXT = (
    "to_tsvector('simple'::regconfig, prompt) || to_tsvector('english'::regconfig, prompt) || "
    "array_to_tsvector(ARRAY['=owner:' || account_id::text, '=model:' || model, '=task:' || task, "
    "'=seed:' || seed::text, '=width:' || width_px::text, '=height:' || height_px::text])"
)
SHOWN = "trashed_at IS NULL AND NOT filtered"


def upgrade() -> None:
    op.create_table(
        "board",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("visibility IN ('private', 'team')", name="visibility_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_board_account_id"), "board", ["account_id"], unique=False)
    op.create_table(
        "download",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("image_ids", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("options", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_download_account_id"), "download", ["account_id"], unique=False)
    op.create_table(
        "gallery_action",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("value", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("before", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_table(
        "lora",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("trigger_word", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_lora_account_id"), "lora", ["account_id"], unique=False)
    op.create_table(
        "preset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("preset_name_unique", "preset", ["account_id", sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("shows_recipe", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("last_viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_share_account_id"), "share", ["account_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("thumbnail_keys", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("thumbhash", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'ready', 'refused')", name="status_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_upload_account_id"), "upload", ["account_id"], unique=False)
    op.create_table(
        "wildcard",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("values", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "name"),
    )
    op.create_table(
        "board_image",
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("board_id", "image_id"),
    )
    op.create_index(op.f("ix_board_image_image_id"), "board_image", ["image_id"], unique=False)
    op.create_table(
        "generation_source",
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["generation_id"], ["generation.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("generation_id", "position"),
    )
    op.create_index(op.f("ix_generation_source_image_id"), "generation_source", ["image_id"], unique=False)
    op.create_index(op.f("ix_generation_source_upload_id"), "generation_source", ["upload_id"], unique=False)
    op.create_table(
        "image_mark",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("favorite", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "image_id"),
    )
    op.create_index(
        "image_mark_favorite",
        "image_mark",
        ["account_id", "image_id"],
        unique=False,
        postgresql_where=sa.text("favorite"),
    )
    op.create_index("image_mark_rated", "image_mark", ["account_id", "rating", "image_id"], unique=False)
    op.create_index(op.f("ix_image_mark_image_id"), "image_mark", ["image_id"], unique=False)
    op.create_table(
        "image_tag",
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("image_id", "tag"),
    )
    op.create_index("image_tag_of_account", "image_tag", ["account_id", "tag", "image_id"], unique=False)
    op.create_table(
        "share_image",
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("share_id", "position"),
    )
    op.create_index(op.f("ix_share_image_image_id"), "share_image", ["image_id"], unique=False)
    op.add_column("generation", sa.Column("task", sa.String(), server_default="generate", nullable=False))
    op.add_column("generation", sa.Column("loras", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column("generation", sa.Column("template", sa.String(), nullable=True))
    op.add_column("generation", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("generation", sa.Column("sources_sent", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("generation", sa.Column("first_position", sa.Integer(), nullable=True))
    op.add_column("generation", sa.Column("output_text", sa.String(), nullable=True))
    op.create_check_constraint(
        "task_known", "generation", "task IN ('generate', 'upscale', 'remove_background', 'describe')"
    )
    op.create_index(
        "generation_of_batch",
        "generation",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "generation_pace",
        "generation",
        ["model", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("status = 'done'"),
    )
    op.add_column("image", sa.Column("prompt", sa.String(), server_default="", nullable=False))
    op.add_column("image", sa.Column("model", sa.String(), server_default="", nullable=False))
    op.add_column("image", sa.Column("task", sa.String(), server_default="generate", nullable=False))
    op.execute(COPY_FROM_GENERATIONS)
    op.add_column(
        "image",
        sa.Column(
            "search",
            TSVECTOR(),
            sa.Computed(SEARCH_TEXT, persisted=True),
            nullable=True,
        ),
    )
    op.create_index(
        "image_in_trash",
        "image",
        ["account_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("trashed_at IS NOT NULL"),
    )
    op.drop_index("image_of_account", table_name="image")
    op.create_index(
        "image_of_account",
        "image",
        ["account_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text(SHOWN),
    )
    op.create_index(
        "image_of_model",
        "image",
        ["account_id", "model", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text(SHOWN),
    )
    op.create_index("image_search", "image", ["search"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("image_search", table_name="image", postgresql_using="gin")
    op.drop_index("image_in_trash", table_name="image", postgresql_where=sa.text("trashed_at IS NOT NULL"))
    op.drop_index("image_of_model", table_name="image", postgresql_where=sa.text(SHOWN))
    op.drop_index("image_of_account", table_name="image", postgresql_where=sa.text(SHOWN))
    op.create_index(
        "image_of_account",
        "image",
        ["account_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("trashed_at IS NULL"),
    )
    op.drop_column("image", "search")
    op.drop_column("image", "task")
    op.drop_column("image", "model")
    op.drop_column("image", "prompt")
    op.drop_index("generation_pace", table_name="generation", postgresql_where=sa.text("status = 'done'"))
    op.drop_index("generation_of_batch", table_name="generation", postgresql_where=sa.text("batch_id IS NOT NULL"))
    op.drop_column("generation", "output_text")
    op.drop_column("generation", "first_position")
    op.drop_column("generation", "sources_sent")
    op.drop_column("generation", "batch_id")
    op.drop_column("generation", "template")
    op.drop_column("generation", "loras")
    op.drop_constraint("task_known", "generation")
    op.drop_column("generation", "task")
    op.drop_index(op.f("ix_share_image_image_id"), table_name="share_image")
    op.drop_table("share_image")
    op.drop_index("image_tag_of_account", table_name="image_tag")
    op.drop_table("image_tag")
    op.drop_index(op.f("ix_image_mark_image_id"), table_name="image_mark")
    op.drop_index("image_mark_rated", table_name="image_mark")
    op.drop_index("image_mark_favorite", table_name="image_mark", postgresql_where=sa.text("favorite"))
    op.drop_table("image_mark")
    op.drop_index(op.f("ix_generation_source_upload_id"), table_name="generation_source")
    op.drop_index(op.f("ix_generation_source_image_id"), table_name="generation_source")
    op.drop_table("generation_source")
    op.drop_index(op.f("ix_board_image_image_id"), table_name="board_image")
    op.drop_table("board_image")
    op.drop_table("wildcard")
    op.drop_index(op.f("ix_upload_account_id"), table_name="upload")
    op.drop_table("upload")
    op.drop_index(op.f("ix_share_account_id"), table_name="share")
    op.drop_table("share")
    op.drop_index("preset_name_unique", table_name="preset")
    op.drop_table("preset")
    op.drop_index(op.f("ix_lora_account_id"), table_name="lora")
    op.drop_table("lora")
    op.drop_table("gallery_action")
    op.drop_index(op.f("ix_download_account_id"), table_name="download")
    op.drop_table("download")
    op.drop_index(op.f("ix_board_account_id"), table_name="board")
    op.drop_table("board")
