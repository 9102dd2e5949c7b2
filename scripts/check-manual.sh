#!/usr/bin/env bash
# Checks of the manual that need no network: what its commands say against the program, and what points to its pages.
#
#   scripts/check-manual.sh
#
#  - Commands that check-readme.sh does not run, since they need a download or a cluster, are read by the program, which
#    prints their options and ends (--print-config): an option or value that it does not know fails.
#  - Every command of the program has a page in the table of contents; every option stands in some page.
#  - Commands stand in sh blocks, where they are checked, and nowhere else.
#  - Pages that messages, scripts and comments of the project name are there.
#  - Pictures have 150 kB at most.
#
# SMT_MPI names another program than .build/release/smt-mpi. Exit status: 0 nothing found, 1 something, 66 no program.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${SMT_MPI:-.build/release/smt-mpi}")
[ -x "$program" ] || { echo "check-manual: there is no program $program; run make build" >&2; exit 66; }

mapfile -t pages < <(find README.md docs -name '*.md' | sort)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() {
  echo "check-manual: $*" >&2
  failed=1
}

# --- Commands that are not run. The PATH of their shell holds nothing but the program and launchers that start it, so that
# nothing else happens; whatever else a block calls is passed over.
mkdir "$work/bin" "$work/blocks"
cat >"$work/bin/smt-mpi" <<STUB
#!$BASH
if [ "\$1" = --version ] || [ "\$1" = --generate-completion-script ]; then exit 0; fi
echo "smt-mpi \$*" >>"$work/read"
refuse() {
  echo "smt-mpi \$*" >>"$work/refused"
  while read -r line; do echo "  \$line" >>"$work/refused"; done <"$work/output"
}
# view has no --print-config: its options are looked up.
if [ "\$1" = view ]; then
  help=\$("$program" help view)
  for word in "\$@"; do
    [[ \$word != --* || \$help == *"  \${word%%=*} "* ]] && continue
    echo "Unknown option '\$word'" >"$work/output"
    refuse "\$@"
  done
elif ! "$program" "\$@" --print-config >"$work/output" 2>&1; then
  refuse "\$@"
fi
STUB
cat >"$work/bin/mpirun" <<STUB
#!$BASH
while [ \$# -gt 0 ] && [ "\$1" != smt-mpi ]; do shift; done
[ \$# -eq 0 ] || "\$@"
STUB
cp "$work/bin/mpirun" "$work/bin/srun"
cp "$work/bin/mpirun" "$work/bin/timeout"
chmod +x "$work"/bin/*
: >"$work/read"

for page in "${pages[@]}"; do
  rm -f "$work"/blocks/*
  # Blocks of a page share variables, as in the shell that a reader has open.
  awk -v file="$work/blocks/all" '
    /^```sh[ \t]*$/ { if (skip) inside = 1; next }
    /^```/ { inside = 0 }
    inside { print > file }
    !/^[ \t]*$/ { skip = /^<!-- not run:/ }
  ' "$page"
  [ -e "$work/blocks/all" ] || continue
  rm -f "$work/refused"
  (cd "$work/blocks" && PATH=$work/bin "$BASH" -c 'command_not_found_handle() { return 0; }; . ./all' </dev/null >/dev/null 2>"$work/errors") ||
    true
  if [ -e "$work/refused" ]; then
    complain "$page: the program refuses"
    cat "$work/refused" >&2
  fi
done
read_commands=$(wc -l <"$work/read")
[ "$read_commands" -gt 0 ] || complain "no command was found in the pages"

# --- Pages of commands, options.
"$program" --help | awk '/^SUBCOMMANDS:/ { inside = 1; next } inside && /^  [a-z]/ { print $1 }' >"$work/commands"
: >"$work/options"
while read -r command; do
  grep -qE "^ +- ($command: |$command\.md|$command:\$)" mkdocs.yml || complain "the command '$command' has no page in mkdocs.yml"
  "$program" help "$command" >"$work/help"
  awk '/^SUBCOMMANDS:/ { inside = 1; next } inside && /^  [a-z]/ { print $1 }' "$work/help" >"$work/inner"
  while read -r inner; do
    "$program" help "$command" "$inner" >>"$work/help"
    grep -qE "^ +- $command $inner: " mkdocs.yml || complain "the command '$command $inner' has no page in mkdocs.yml"
  done <"$work/inner"
  grep -oE '^  (-[a-z], )?--[a-z][a-z0-9-]*' "$work/help" | grep -oE -- '--[a-z0-9-]+' >>"$work/options"
done <"$work/commands"
cat "${pages[@]}" >"$work/all.md"
while read -r option; do
  grep -qE -- "$option($|[^a-z0-9-])" "$work/all.md" || complain "no page mentions $option"
done < <(sort -u "$work/options")

# --- Commands outside of sh blocks.
for page in "${pages[@]}"; do
  awk -v page="$page" '
    /^```/ { inside = !inside; sh = inside && /^```sh[ \t]*$/; next }
    (inside && !sh && /^(mpirun .*)?smt-mpi [a-z]/) || (!inside && /^    (mpirun .*)?smt-mpi [a-z]/) {
      print "check-manual: " page ":" NR ": a command outside of a sh block"; found = 1
    }
    END { exit found }
  ' "$page" >&2 || failed=1
done

# --- What points to pages.
while IFS=: read -r file _ target; do
  [ -e "$target" ] || complain "$file points to $target, which is not there"
done < <(grep -rnoE '(docs|benchmarks)/[A-Za-z0-9/_-]+\.md' Sources Tests scripts slurm pbs packaging Package.swift Makefile .ci --include='*' |
  grep -vE '^scripts/check-(readme|manual)\.sh:' || true)

# --- What job scripts, README.md and the options by task must have.
for script in slurm/*.sbatch; do
  for option in account partition nodes; do
    grep -qE "^##?SBATCH .*--$option=" "$script" || complain "$script has no line for --$option"
  done
done
for script in slurm/*.sbatch pbs/*.pbs; do
  purge=$(grep -n '^# module purge' "$script" | head -n 1 | cut -d: -f1)
  strict=$(grep -n '^set -[a-z]*u' "$script" | head -n 1 | cut -d: -f1)
  if [ -z "$purge" ] || [ -z "$strict" ] || [ "$purge" -gt "$strict" ]; then
    complain "$script: 'module purge' is not before 'set -u'"
  fi
  [ "$(grep -c '^launcher=' "$script")" -eq 1 ] || complain "$script does not set the launcher once"
done
grep -q 'git clone https://PROJECT/' README.md || complain "README.md has no place for the address to clone from"
grep -q '^## Problems' README.md || complain "README.md does not say where to report a problem"
for option in --point --model --bbox --mask --time --config generate-completion-script; do
  grep -q -- "$option" docs/options.md || complain "docs/options.md does not name $option"
done

# --- Pictures.
while read -r picture; do complain "$picture has more than 150 kB"; done < <(find docs -name '*.png' -size +150k; find docs -name '*.svg' -size +150k)

[ "$failed" -eq 0 ] || exit 1
echo "check-manual: ${#pages[@]} pages; $read_commands commands read that are not run, $(sort -u "$work/options" | wc -l) options looked for"
