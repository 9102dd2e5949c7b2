#!/usr/bin/env bash
# Installs the program that "make build" made, or takes it away again. Nothing is built, so that Swift is not needed here.
#
#   scripts/install.sh install     to $DESTDIR$PREFIX (PREFIX is /usr/local where nothing else is said)
#   scripts/install.sh uninstall   removes what "install" put there
#
#   bin/smt-mpi                              the program, with Swift's runtime inside
#   share/bash-completion, share/zsh, share/fish   completions, with names of files
#   share/man/man1                           a manual page of each command
#   share/doc/smt-mpi                        README, documents, changelog, licence, how to cite
#   share/smt-mpi                            job scripts for Slurm and PBS
#
# In the environment: BUILD, where the programs were built (.build/release), and ZSH_FUNCTIONS, where zsh looks for
# functions (share/zsh/site-functions; Debian's packages have them in share/zsh/vendor-completions). SMT_MPI_STATIC=0 installs
# a program that needs the Swift runtime of this machine.
# Exit status: 0 done, 1 it cannot be done, 64 usage.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)

usage() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 64
}
fail() {
  printf 'install: %s\n' "$@" >&2
  exit 1
}
[ $# -eq 1 ] || usage

build=${BUILD:-$source/.build/release}
prefix=${PREFIX:-/usr/local}
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac
root=${DESTDIR:-}$prefix
zsh_functions=$root/${ZSH_FUNCTIONS:-share/zsh/site-functions}
document=$root/share/doc/smt-mpi
scripts=$root/share/smt-mpi

# copy FROM TO [MODE]
copy() { install -D -m "${3:-644}" "$1" "$2"; }

install_all() {
  [ -x "$build/smt-mpi" ] || fail "there is no $build/smt-mpi: first run make build."
  # A test's build links the program with the runtime of this machine's toolchain.
  if [ "${SMT_MPI_STATIC:-1}" != 0 ] && command -v ldd >/dev/null && ldd "$build/smt-mpi" | grep -q libswiftCore; then
    fail "$build/smt-mpi needs the Swift runtime of this machine: first run make build."
  fi

  install -D -m 755 "$build/smt-mpi" "$root/bin/smt-mpi"
  strip "$root/bin/smt-mpi"

  local program=$root/bin/smt-mpi functions=$root/share/bash-completion/completions
  mkdir -p "$functions" "$zsh_functions" "$root/share/fish/vendor_completions.d" "$root/share/man/man1"
  # Where an option says nothing of files, and behind NAME= and a colon, at which bash divides words, files are offered too.
  "$program" --generate-completion-script bash |
    sed '1{/^#!/d}; s/^complete -o filenames/& -o default/' >"$functions/smt-mpi"
  # Behind NAME= zsh is told that the name of a file begins there.
  "$program" --generate-completion-script zsh |
    sed -E 's/:_files([ '\''])/:_smt-mpi_files\1/
      2i\
_smt-mpi_files() {\
    compset -P "[A-Za-z_][A-Za-z0-9_]#="\
    _files "$@"\
}' >"$zsh_functions/_smt-mpi"
  "$program" --generate-completion-script fish >"$root/share/fish/vendor_completions.d/smt-mpi.fish"

  local released
  released=$(sed -n 's/^date-released: *"\{0,1\}\([0-9-]*\).*/\1/p' "$source/CITATION.cff")
  "$program" --experimental-dump-help | "$build/make-manual" "$root/share/man/man1" "$released"

  local file
  for file in README.md CHANGELOG.md LICENSE CITATION.cff CONTRIBUTING.md SECURITY.md packaging/README.md benchmarks/README.md; do copy "$source/$file" "$document/$file"; done
  while read -r file; do copy "$source/$file" "$document/$file"; done < <(
    cd "$source" && find docs -name '*.md' -o -name '*.png' -o -name '*.svg')
  for file in "$source"/slurm/*; do copy "$file" "$scripts/slurm/${file##*/}" 755; done
  for file in "$source"/pbs/*; do copy "$file" "$scripts/pbs/${file##*/}" 755; done
  # The documents' links to the job scripts hold here too.
  ln -sfn ../../smt-mpi/slurm "$document/slurm"
  ln -sfn ../../smt-mpi/pbs "$document/pbs"
  echo "install: $root/bin/smt-mpi, $("$program" --version | head -n 1)"
}

uninstall_all() {
  rm -f "$root/bin/smt-mpi" "$root/share/bash-completion/completions/smt-mpi" "$zsh_functions/_smt-mpi" \
    "$root/share/fish/vendor_completions.d/smt-mpi.fish" "$root"/share/man/man1/smt-mpi.1 "$root"/share/man/man1/smt-mpi-*.1
  rm -rf "$document" "$scripts"
  # Folders that nobody else has files in.
  local folder
  for folder in bin share/bash-completion/completions "${ZSH_FUNCTIONS:-share/zsh/site-functions}" \
    share/fish/vendor_completions.d share/man/man1 share/doc; do
    (cd "$root" 2>/dev/null && rmdir -p --ignore-fail-on-non-empty "$folder" 2>/dev/null) || true
  done
  echo "install: removed from $root"
}

case $1 in
install) install_all ;;
uninstall) uninstall_all ;;
*) usage ;;
esac
