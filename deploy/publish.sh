#!/usr/bin/env bash
# Builds the agent for a board.   usage: deploy/publish.sh [native|portable] [x64|arm64] [directory]
#   native    one trimmed file of machine code; the board needs no .NET.
#             Needs clang; for another processor also lld and gcc-aarch64-linux-gnu, libc6-dev-arm64-cross.
#   portable  assemblies for a .NET 10 runtime (with ASP.NET Core) that the board has.
# Beside the program lies libonnxruntime.so: Microsoft's build of ONNX Runtime, needed as soon as a model runs.
set -euo pipefail
form=${1:-native}
processor=${2:-x64}
root=$(cd "$(dirname "$0")/.." && pwd)
output=${3:-$root/deploy/out/agent-$form-$processor}
case "$form" in native | portable) ;; *) echo "form is '$form'; it must be native or portable" >&2; exit 2 ;; esac
case "$processor" in x64 | arm64) ;; *) echo "processor is '$processor'; it must be x64 or arm64" >&2; exit 2 ;; esac

dotnet publish "$root/EnergyManager.Agent" -c Release -r "linux-$processor" -p:AgentForm="$form" -o "$output" -v quiet -nologo
# Symbols are for whoever builds, not for the board.
rm -f "$output"/*.dbg "$output"/*.pdb
cp "$root/deploy/enrol.sh" "$root/deploy/energymanager-agent.service" "$root/deploy/README.md" "$output"
du -h "$output/EnergyManager.Agent" "$output/libonnxruntime.so"
echo "Copy all of $output to the board."
