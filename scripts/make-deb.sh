#!/usr/bin/env bash
# Makes a Debian package of the program that "make build" made, of what scripts/install.sh installs, for the release of
# Debian or Ubuntu that this machine runs: its libraries are the package's dependencies, found by dpkg-shlibdeps.
#
#   scripts/make-deb.sh     writes .build/deb/smt-mpi_VERSION-1_ARCHITECTURE.deb
#
# In the environment: BUILD, where the programs were built (.build/release); DEBFULLNAME and DEBEMAIL, who is named as its
# maintainer; REVISION, that of the package (1).
# Exit status: 0 made, 1 it cannot be made.
set -euo pipefail
cd "$(dirname "$0")/.."

for needed in dpkg-deb dpkg-shlibdeps dpkg-architecture; do
  command -v "$needed" >/dev/null || { echo "deb: there is no $needed (Debian: apt-get install dpkg-dev)." >&2; exit 1; }
done

version=$(sed -n 's/^version: *//p' CITATION.cff)
released=$(sed -n 's/^date-released: *"\{0,1\}\([0-9-]*\).*/\1/p' CITATION.cff)
architecture=$(dpkg-architecture -qDEB_HOST_ARCH)
maintainer="${DEBFULLNAME:-The smt-mpi authors} <${DEBEMAIL:-$(id -un)@$(hostname -f 2>/dev/null || hostname)}>"
package=smt-mpi_$version-${REVISION:-1}_$architecture.deb

folder=.build/deb
root=$PWD/$folder/root
rm -rf "$folder"
mkdir -p "$root/DEBIAN"
# Files of the release's date and owned by root whoever builds, so that the same program gives the same package.
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(date -u -d "$released" +%s)
umask 022
DESTDIR=$root PREFIX=/usr ZSH_FUNCTIONS=share/zsh/vendor-completions scripts/install.sh install

documents=$root/usr/share/doc/smt-mpi
find "$root/usr/share/man" -name '*.1' -exec gzip -9n {} +
# The licence is on every Debian system; the package's own log says what the changelog of the program is.
rm "$documents/LICENSE"
gzip -9n "$documents/CHANGELOG.md"
mv "$documents/CHANGELOG.md.gz" "$documents/changelog.gz"
cat >"$documents/copyright" <<EOF
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: smt-mpi

Files: *
Copyright: ${released%%-*} The smt-mpi authors
License: Apache-2.0
 On Debian systems the text of the licence is in /usr/share/common-licenses/Apache-2.0.
EOF
gzip -9n >"$documents/changelog.Debian.gz" <<EOF
smt-mpi ($version-${REVISION:-1}) unstable; urgency=medium

  * Release $version.

 -- $maintainer  $(date -u -R -d "$released")
EOF

mkdir -p "$root/usr/share/lintian/overrides"
cat >"$root/usr/share/lintian/overrides/smt-mpi" <<EOF
# The parser of YAML is part of the Swift package that reads configurations.
smt-mpi: embedded-library libyaml *
EOF

# dpkg-shlibdeps wants a source package around it.
mkdir -p "$folder/source/debian"
cat >"$folder/source/debian/control" <<EOF
Source: smt-mpi
Maintainer: $maintainer

Package: smt-mpi
Architecture: any
EOF
depends=$(cd "$folder/source" && dpkg-shlibdeps -O "$root/usr/bin/smt-mpi" 2>"$PWD/../warnings" | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { cat "$folder/warnings" >&2; echo "deb: no libraries were found." >&2; exit 1; }

cat >"$root/DEBIAN/control" <<EOF
Package: smt-mpi
Version: $version-${REVISION:-1}
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f 1)
Depends: openmpi-bin, $depends
Section: science
Priority: optional
Description: analyses of the land surface in every cell of a grid, with MPI
 Finds soil moisture thresholds of photosynthesis in ensembles of land-model
 runs and in observations, attributes the variability of soil moisture, finds
 trends and sensitivities, trains networks of ecosystem respiration, and blends
 soil moisture snapshots into model runs. Cells are shared out over the ranks
 of an MPI job, files are read in parallel, and maps are CF netCDF.
EOF
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
chmod -R u+rwX,go+rX,go-w "$root"
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z3 --build "$root" "$folder/$package"
rm -rf "$root" "$folder/source"
