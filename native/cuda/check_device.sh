#!/usr/bin/env bash
# Everything about the CUDA kernels that needs a device: the native tests, the specs, the sanitizers, times, and PyTorch's beside
# them where it is installed. Writes device.md, for the table in README.md, beside the folder it is given.
#
#   native/cuda/check_device.sh              builds for this machine's device (CMake, nvcc)
#   native/cuda/check_device.sh FOLDER       uses libbasin_cuda.so, device_* and basin.jar from there, built elsewhere
#
# PARTS chooses some of: tests verify bench sanitize throughput torch. JAVA is a Java 25; without one the specs are left out.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
parts=${PARTS:-tests verify bench sanitize throughput torch}
failed=0

if [ $# -ge 1 ]; then
  folder=$(cd "$1" && pwd)
else
  folder=$here/../target/device
  cmake -S "$here/.." -B "$folder" -DCMAKE_BUILD_TYPE=Release -DBASIN_ISAS=native -DBASIN_CUDA=ON \
    -DBASIN_CUDA_ARCHITECTURES=native || exit 1
  cmake --build "$folder" --parallel "$(nproc)" --target basin_cuda device_programs || exit 1
  cp "$folder"/tests/cuda/device_* "$folder" || exit 1
fi
export LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
jar=${JAR:-$folder/basin.jar}
java=${JAVA:-java}

part() { [[ " $parts " == *" $1 "* ]]; }
try() { echo "\$ $*"; "$@" || { echo "FAILED: $*"; failed=1; }; }

nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader

if part tests; then
  for test in "$folder"/device_*_test; do try "$test" device; done
fi
basin() {
  if [ -f "$jar" ]; then
    try "$java" -Dbasin.cuda.library="$folder/libbasin_cuda.so" --enable-native-access=ALL-UNNAMED \
      --add-modules jdk.incubator.vector -cp "$jar" dev.basin.cli.Main "$@"
  else
    echo "$1 is left out: there is no $jar (mvn package, or JAR=...)"
  fi
}
if part verify; then basin verify --backend cuda --seed "${SEED:-1}"; fi
if part bench; then basin bench --backend cuda --quick; fi
if part sanitize; then
  for tool in memcheck racecheck initcheck synccheck; do
    for test in optimizer_storage_test trajectory_test adafactor_test; do
      try timeout "${SANITIZE_SECONDS:-60}" compute-sanitizer --tool $tool --error-exitcode 1 --print-limit 3 \
        "$folder/device_$test" device
    done
  done
fi
if part throughput; then
  { date -u +%Y-%m-%d; try "$folder/device_throughput"; } | tee "$folder/device.md"
fi
if part torch && python3 -c "import torch" 2> /dev/null; then
  try python3 "$here/../tests/cuda/compare_torch.py" "$folder/libbasin_cuda.so"
fi
exit $failed
