#!/usr/bin/env bash
# Installs the built program into a scratch folder and looks at what is there: a program without Swift's libraries, a manual
# page for every command with all its options, completions of file names in bash, zsh and fish (the last two where they are
# installed), documents and job scripts; afterwards it is taken away again, and nothing may be left.
#
#   Tests/packages/install.sh     after make build; BUILD says where the programs are (.build/release)
#
# Exit status: 0 passed, 1 failed.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export DESTDIR=$folder/root PREFIX=/opt/smt
root=$DESTDIR$PREFIX
say() { echo "test-install: $* ($SECONDS s)"; }
fail() {
  echo "test-install: FAILED: $*" >&2
  exit 1
}

"$here/scripts/install.sh" install
program=$root/bin/smt-mpi
version=$("$program" --version | sed -n '1s/smt-mpi //p')

say "the program and its version"
if ldd "$program" | grep -E 'swift|Foundation|dispatch|not found'; then fail "the program needs libraries of Swift"; fi
env -i "$program" --version >/dev/null || fail "the program does not start without an environment"
grep -q "^version: \"*$version\"*$" "$root/share/doc/smt-mpi/CITATION.cff" || fail "CITATION.cff is not of version $version"
grep -q "^## \[$version\] - 20" "$root/share/doc/smt-mpi/CHANGELOG.md" || fail "CHANGELOG.md has no version $version"

say "manual pages"
# page WORD…: looks at the page of a command, and at those of its subcommands.
page() {
  local name=smt-mpi command option line
  for command in "$@"; do name+=-$command; done
  local file=$root/share/man/man1/$name.1
  [ -s "$file" ] || fail "there is no page $name(1)"
  COLUMNS=500 "$program" "$@" --help >"$folder/help"
  if command -v man >/dev/null; then
    LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=200 man --warnings -E UTF-8 -l "$file" 2>"$folder/warnings" |
      sed 's/.\x08//g; s/^ *//' >"$folder/text"
    [ ! -s "$folder/warnings" ] || fail "$name(1): $(head -n 3 "$folder/warnings")"
    # Every option begins an entry, and examples are on the page as they are in the help.
    while read -r option; do
      grep -Eq -- "^(-., )?$option( |,|\$)" "$folder/text" || fail "$name(1) lacks $option"
      looked_at=$((looked_at + 1))
    done < <(sed -nE 's/^  (-., )?(--[a-z][a-z0-9-]*).*/\2/p' "$folder/help")
    while read -r line; do
      grep -qxF -- "$line" "$folder/text" || fail "$name(1) lacks the line: $line"
      looked_at=$((looked_at + 1))
    done < <(sed -nE '/^USAGE:/q; s/^ +((mpirun|smt-mpi) .*)/\1/p' "$folder/help")
  fi
  # shellcheck disable=SC2013  # one word a line
  for command in $(sed -n '/^SUBCOMMANDS:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' "$folder/help"); do
    [ "$command" = help ] || page "$@" "$command"
  done
}
looked_at=0
page
pages=$(find "$root/share/man/man1" -name '*.1' | wc -l)
[ "$pages" -ge 20 ] || fail "only $pages pages"
command -v man >/dev/null || say "man is not installed: what stands on the pages is not looked at"
say "$pages pages, $looked_at options and examples"

say "completions of bash"
mkdir -p "$folder/work/ensemble"
touch "$folder/work/ensemble/REF.nc" "$folder/work/run.yaml"
cd "$folder/work"
# completed SHELL LINE: what the shell offers for the last word of a line.
completed() {
  case $1 in
  bash)
    # shellcheck disable=SC2016  # expanded by the shell within
    bash --norc -c '
      . "$0"
      read -ra COMP_WORDS <<<"$1"
      [ "${1% }" = "$1" ] || COMP_WORDS+=("")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1}
      _smt-mpi smt-mpi "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf "%s\n" "${COMPREPLY[@]}"' "$root/share/bash-completion/completions/smt-mpi" "$2"
    ;;
  zsh) zsh -f "$here/Tests/packages/completions.zsh" "$root/share/zsh/site-functions" "$2" ;;
  fish) HOME=$folder fish --no-config -c "source $root/share/fish/vendor_completions.d/smt-mpi.fish; complete -C '$2'" ;;
  esac
}
# offers SHELL TEXT LINE
offers() {
  completed "$1" "$3" >"$folder/offered" 2>&1 || true
  grep -q -- "^$2" "$folder/offered" || fail "$1 offers no $2 for '$3' but: $(head -n 5 "$folder/offered")"
}
complete_in() {
  offers "$1" threshold 'smt-mpi thr'
  offers "$1" '--response' 'smt-mpi threshold --resp'
  offers "$1" gauss-newton 'smt-mpi threshold --optimizer ga'
  offers "$1" ensemble 'smt-mpi threshold --response ens'
  offers "$1" '\(ensemble/\)*REF.nc' 'smt-mpi compare ensemble/R'
  offers "$1" run.yaml 'smt-mpi respire train --config ru'
}
complete_in bash
# Behind NAME= and a colon bash itself offers files.
grep -q '^complete -o filenames -o default -F _smt-mpi smt-mpi$' "$root/share/bash-completion/completions/smt-mpi" ||
  fail "bash offers no files by default"
# Every value that is said to be a file, a pattern of such, a source or a folder is completed as one, in all commands.
grep -E "\\]:[^]]*(FILE|PATTERN|SOURCE|FOLDER|DIR)[^]]*'$" "$root/share/zsh/site-functions/_smt-mpi" >"$folder/files"
[ "$(wc -l <"$folder/files")" -ge 150 ] || fail "only $(wc -l <"$folder/files") options name files"
if grep -v ':_smt-mpi_files' "$folder/files"; then fail "these options complete no files"; fi
for shell in zsh fish; do
  if command -v "$shell" >/dev/null; then
    say "completions of $shell"
    complete_in "$shell"
    offers "$shell" '\(T=\)*ensemble' 'smt-mpi respire apply --predictor T=ens'
  else
    say "completions of $shell: skipped, it is not installed"
  fi
done

say "documents and job scripts"
for file in doc/smt-mpi/README.md doc/smt-mpi/LICENSE doc/smt-mpi/docs/promises.md doc/smt-mpi/docs/papers/li-2025.md \
  doc/smt-mpi/docs/pictures/curve.svg smt-mpi/slurm/threshold.sbatch smt-mpi/pbs/threshold.pbs; do
  [ -s "$root/share/$file" ] || fail "there is no share/$file"
done

say "taken away"
"$here/scripts/install.sh" uninstall
left=$(find "$folder/root" ! -type d)
[ -z "$left" ] || fail "left behind: $left"
say "passed"
