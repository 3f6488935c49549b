"""Which pages may send files to a bucket: browsers ask the bucket itself (CORS)."""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

_NO_RULES = "NoSuchCORSConfiguration"


def admit(client: Any, bucket: str, origins: Sequence[str]) -> None:
    """Add a rule to the bucket's own ones unless they let these origins post already. Safe to repeat.

    ``client`` is boto3's. Raises what it raises, also where the server knows no such rules.
    """
    missing = not_admitted(client, bucket, origins)
    if missing:
        rules = _rules(client, bucket)
        ours = {"AllowedOrigins": missing, "AllowedMethods": ["POST"], "AllowedHeaders": ["*"], "MaxAgeSeconds": 3600}
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*rules, ours]})


def not_admitted(client: Any, bucket: str, origins: Sequence[str]) -> list[str]:
    """Return those of the origins that no rule of the bucket lets post."""
    rules = _rules(client, bucket)
    return [origin for origin in origins if not any(_admits(rule, origin) for rule in rules)]


def _rules(client: Any, bucket: str) -> list[Mapping[str, Any]]:
    try:
        return client.get_bucket_cors(Bucket=bucket).get("CORSRules", [])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == _NO_RULES:
            return []
        raise


def _admits(rule: Mapping[str, Any], origin: str) -> bool:
    return "POST" in rule.get("AllowedMethods", ()) and bool({origin, "*"} & set(rule.get("AllowedOrigins", ())))
