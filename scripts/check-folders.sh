#!/usr/bin/env bash
# Lists which types and functions each folder of Sources/Distributed uses of the other folders, and fails where folders use
# each other in a circle: Swift has no imports between the folders of a module that would show it.
#
# Usage: scripts/check-folders.sh [FOLDER]
# Exit status: 0 without a circle, 1 with one, 2 where there are no sources.
#
# Goes by names: what a file declares at its left margin, unless private, and the words of the others, without comments and
# text. A name that a folder declares itself, at any depth, is its own.
set -euo pipefail
cd "$(dirname "$0")/.."
root=${1:-Sources/Distributed}

shopt -s nullglob
files=("$root"/*/*.swift)
if [ ${#files[@]} -eq 0 ]; then
  echo "check-folders: no Swift sources in the folders of $root" >&2
  exit 2
fi

# Read twice: for what is declared, then for what is used.
awk '
  # A line without comments and text; what is put into text is code.
  function strip(line,   out, i, c) {
    out = ""
    for (i = 1; i <= length(line); i++) {
      c = substr(line, i, 1)
      if (in_text) {
        if (c == "\\") {
          if (substr(line, ++i, 1) == "(") { outer[++depth] = open; open = 1; in_text = 0; out = out " " }
        } else if (c == "\"") in_text = 0
        continue
      }
      if (c == "\"") { in_text = 1; out = out " "; continue }
      if (c == "/" && substr(line, i + 1, 1) == "/") break
      if (depth > 0 && c == "(") open++
      if (depth > 0 && c == ")" && --open == 0) { open = outer[depth--]; in_text = 1; continue }
      out = out c
    }
    # Only text between three quotes goes on in the next line.
    if (index(line, "\"\"\"") == 0 && !was_in_text) in_text = 0
    was_in_text = in_text
    return out
  }
  FNR == 1 {
    if (FILENAME == first) pass = 2
    if (first == "") { first = FILENAME; pass = 1 }
    parts = split(FILENAME, path, "/")
    folder = path[parts - 1]
    folders[folder] = 1
    in_text = was_in_text = depth = 0
  }
  {
    margin = $0 ~ /^[^ ]/
    hidden = $0 ~ /(^| )(private|fileprivate) /
    line = strip($0)
  }
  pass == 1 {
    if (match(line, /(^| )(struct|class|enum|protocol|actor|typealias|func) [A-Za-z_][A-Za-z0-9_]*/)) {
      words = split(substr(line, RSTART, RLENGTH), word, " ")
      name = word[words]
      if (name != "func" && name != "var") {
        own[folder, name] = 1
        if (margin && !hidden) { owner[name] = folder; is_function[name] = line ~ /(^| )func / }
      }
    }
  }
  pass == 2 {
    while (match(line, /[A-Za-z_][A-Za-z0-9_]*/)) {
      name = substr(line, RSTART, RLENGTH)
      member = RSTART > 1 && substr(line, RSTART - 1, 1) == "."
      line = substr(line, RSTART + RLENGTH)
      if (member || !(name in owner) || (folder, name) in own) continue
      if (is_function[name] && line !~ /^\(/) continue
      to = owner[name]
      if (!((folder, to, name) in used)) {
        used[folder, to, name] = 1
        names[folder, to] = names[folder, to] " " name
      }
      reaches[folder, to] = 1
    }
  }
  END {
    for (one in folders) for (other in folders)
      if ((one, other) in names) print one " uses of " other ":" names[one, other] | "sort"
    close("sort")
    for (over in folders) for (one in folders) for (other in folders)
      if ((one, over) in reaches && (over, other) in reaches) reaches[one, other] = 1
    circle = ""
    for (one in folders) if ((one, one) in reaches) circle = circle " " one
    if (circle == "") exit 0
    print "check-folders: folders use each other in a circle:" circle > "/dev/stderr"
    exit 1
  }
' "${files[@]}" "${files[@]}"
