"""``python -m synthlabel.launcher`` builds the pages if they changed; the launcher runs it as a child."""

import sys

from synthlabel.errors import ConfigurationError
from synthlabel.launcher.frontend import FrontendBuildError, ensure_frontend
from synthlabel.settings import Settings


def main() -> int:
    try:
        ensure_frontend(Settings.load())
    except (FrontendBuildError, ConfigurationError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
