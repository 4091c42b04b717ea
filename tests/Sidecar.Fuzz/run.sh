#!/usr/bin/env bash
# Fuzzes one target with AFL++ and coverage of the product's assemblies: tests/Sidecar.Fuzz/run.sh TARGET SECONDS
# Prints executions and findings; exits 1 on a finding. Needs afl-fuzz (apt-get install afl++). Targets: dotnet run -- list
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?target}
seconds=${2:?seconds}
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is not installed: apt-get install afl++" >&2; exit 2; }

work=../../artifacts/fuzz/$target
program=$work/bin/Sidecar.Fuzz.dll
rm -rf "$work"
mkdir -p "$work"
dotnet tool restore >"$work/build.log"
dotnet publish -c Release -o "$work/bin" --nologo -v q >>"$work/build.log"
dotnet "$program" seeds "$target" "$work/seeds"
for assembly in Sidecar.Protocols Sidecar.Providers Sidecar.Moderation; do dotnet sharpfuzz "$work/bin/$assembly.dll" >>"$work/build.log"; done

# The checks that afl-fuzz makes of a native binary and of the machine do not concern a managed one.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1
# A tier changed in the middle of a run is no new behaviour, and nothing is gained by collecting on another thread.
export DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0
afl-fuzz -i "$work/seeds" -o "$work/out" -t 5000 -m none -V "$seconds" -- dotnet "$program" fuzz "$target" >"$work/afl.log" 2>&1 ||
    { tail -n 30 "$work/afl.log" >&2; exit 2; }

stats=$work/out/default/fuzzer_stats
value() { sed -n "s/^$1 *: *//p" "$stats"; }
findings=$(find "$work/out/default/crashes" "$work/out/default/hangs" -type f -name 'id:*' | sort)
count=$(printf '%s' "$findings" | grep -c . || true)
echo "$target: $(value execs_done) executions in $(value run_time) s ($(value execs_per_sec)/s), $(value corpus_count) inputs kept, coverage $(value bitmap_cvg), $count findings"
[ "$count" -eq 0 ] || { printf '%s\n' "$findings"; exit 1; }
