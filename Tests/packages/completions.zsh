# What zsh offers for the last word of a line, one a line: zsh -f completions.zsh FUNCTIONS LINE
# A shell in a pseudo-terminal gets the line and a tab; what it would insert is taken from its completion system.
zmodload zsh/zpty
functions_folder=$1 line=$2
zpty shell zsh -f -i
zpty -w shell "PROMPT=; fpath=($functions_folder \$fpath); autoload -Uz compinit; compinit -u -D"
# Every match is printed between marks in place of being listed.
zpty -w shell 'compadd() {
  local -A parsed; zparseopts -E -D -A parsed O: A: D: 2>/dev/null
  (( ${+parsed[-O]} || ${+parsed[-A]} || ${+parsed[-D]} )) && { builtin compadd ${(kv)parsed} "$@"; return }
  local -a offered; builtin compadd -O offered "$@"; local match; for match in $offered; do print -r -- "<<$IPREFIX$match>>"; done
  builtin compadd "$@" }; print ready'
zpty -r shell output '*ready*ready*' 2>/dev/null
zpty -n -w shell "$line"$'\t'
sleep 2
while zpty -r -t shell output; do print -r -- "${${output//$'\r'/}}"; done | sed -n 's/.*<<\(.*\)>>.*/\1/p'
zpty -d shell
