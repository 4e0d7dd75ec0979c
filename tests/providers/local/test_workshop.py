from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from providers.local.workshop import Workshop


def test_it_is_a_folder_of_its_own_and_gone_when_closed(tmp_path: Path) -> None:
    one, other = Workshop(tmp_path), Workshop(tmp_path)
    (one.folder / "clip.mp4").write_bytes(b"x")
    assert one.folder != other.folder

    one.close()

    assert not one.folder.exists()
    assert other.folder.exists()
    other.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_by_the_next_one_but_not_what_is_in_use(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from providers.local.workshop import Workshop;"
        "made = Workshop(Path(sys.argv[1])); (made.folder / 'half.mp4').write_bytes(b'x');"
        "print(made.folder, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        Workshop(tmp_path).close()
        assert (folder / "half.mp4").exists()

        other.send_signal(signal.SIGKILL)
        other.wait()
    Workshop(tmp_path).close()

    assert not folder.exists()


def test_a_folder_without_a_lock_is_left_alone(tmp_path: Path) -> None:
    """It may be in the making this very moment."""
    (tmp_path / "echoes-local-new").mkdir()

    Workshop(tmp_path).close()

    assert (tmp_path / "echoes-local-new").exists()
