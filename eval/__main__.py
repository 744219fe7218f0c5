"""`python -m eval`: see eval/cli.py."""

import sys

if __name__ == "__main__":
    try:
        from .cli import main
    except ModuleNotFoundError as error:
        sys.exit(
            f"eval: the package {error.name} is missing; install what the evaluation needs: "
            "pip install -c constraints.txt -e '.[eval]'"
        )
    sys.exit(main())
