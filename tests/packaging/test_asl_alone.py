"""The interpreter builds and runs with base alone below it: nothing else of the repository is in reach."""
import os
import shutil
import subprocess

from backlot import ROOT


def test_asl_alone(tmp_path):
    for folder in ("asl", "emulator/base"):
        shutil.copytree(os.path.join(ROOT, folder), tmp_path / "backlot" / folder)
    for file in ("tests/packaging/asl/CMakeLists.txt", "examples/asl/order.cpp"):
        shutil.copy(os.path.join(ROOT, file), tmp_path)
    for command in (["cmake", "-B", "build", "-G", "Ninja"], ["cmake", "--build", "build"]):
        made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=550)
        assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    ran = subprocess.run([tmp_path / "build/order"], capture_output=True, text=True, timeout=60)
    assert "ExecutionSucceeded" in ran.stdout
    assert ran.stdout.strip().endswith('{"order":"order-1","receipt":{"paid":1250}}'), ran.stdout
