"""Finds a Chromium for the tests, or installs one: `python -m tests.support.chromium` prints it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_SECONDS = 600


def works(path: str) -> bool:
    """True when it starts; Ubuntu's `chromium-browser` may be a stub that asks for snap."""
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "Chrom" in answer.stdout


def in_playwrights_cache() -> str | None:
    """The browser that `playwright install chromium` put in place, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """The browser named by CHROMIUM, else one on PATH, else Playwright's own; None without any."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not works(named):
            raise SystemExit(f"CHROMIUM={named} does not start; name a working browser or unset it")
        return shutil.which(named)
    for command in COMMANDS:
        path = shutil.which(command)
        if path and works(path):
            return path
    path = in_playwrights_cache()
    return path if path and works(path) else None


def install() -> None:
    """Installs Playwright's browser, or the system's package where that cannot be had."""
    root = [] if os.geteuid() == 0 else ["sudo"]
    playwright = [sys.executable, "-m", "playwright"]
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    attempts = (
        [[*playwright, "install", "chromium"]],
        [[*playwright, "install-deps", "chromium"]],
        [[*apt, "update", "-qq"], [*apt, "install", "-y", "-qq", "chromium"]],
    )
    for commands in attempts:
        for command in commands:
            print(f"No Chromium yet; running: {' '.join(command)}", file=sys.stderr)
            try:
                subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=sys.stderr,
                    timeout=INSTALL_SECONDS,
                    check=True,
                )
            except (OSError, subprocess.SubprocessError) as error:
                print(f"That did not work ({error}).", file=sys.stderr)
                break
        if find():
            return


def find_or_install() -> str:
    """The path of a Chromium that starts.

    Raises:
        SystemExit: with a sentence, when there is none and none could be installed.
    """
    path = find()
    if not path:
        install()
        path = find()
    if not path:
        raise SystemExit(
            "The tests need a Chromium and none could be installed; install one "
            "(Debian: apt-get install chromium) or set CHROMIUM to its path."
        )
    return path


if __name__ == "__main__":
    print(find_or_install())
