#!/usr/bin/env bash
# Installs the Debian package in a fresh Debian that debootstrap makes, without any Swift, and uses it there: apt finds what it
# depends on, the commands of README's first run run as a user that is not root, the manual page and the completion are there;
# then it is removed, and nothing of it may be left. Lintian looks at the package where it is installed.
#
#   Tests/packages/deb.sh     after make deb
#
# In the environment: DEB_SUITE and DEB_MIRROR, which Debian or Ubuntu and where from (this machine's). Skips with a message
# where this is neither, where the user is not root, or there is no debootstrap or no network.
# Exit status: 0 passed or skipped, 1 failed.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "test-deb: skipped, $*"
  exit 0
}
say() { echo "test-deb: $* ($SECONDS s)"; }
fail() {
  echo "test-deb: FAILED: $*" >&2
  exit 1
}

package=$(find "$here/.build/deb" -name '*.deb' | head -n 1)
[ -n "$package" ] || fail "there is no package: first run make deb."
if command -v lintian >/dev/null; then
  say "lintian"
  # Who maintains it is for whoever builds it to say; there is no bug that asks for it to be in Debian.
  lintian --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog,root-in-contact,initial-upload-closes-no-bugs \
    --tag-display-limit 0 --fail-on error,warning --allow-root "$package" || fail "lintian objects"
fi

[ "$(id -u)" -eq 0 ] || skip "root is needed for a Debian within this machine"
if [ "${CI:-}" = true ] && ! command -v debootstrap >/dev/null; then
  if apt-get update -q >/dev/null; then apt-get install -q -y --no-install-recommends debootstrap >/dev/null || true; fi
fi
command -v debootstrap >/dev/null || skip "debootstrap is not installed (Debian: apt-get install debootstrap)"
suite=${DEB_SUITE:-$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}
[ -e "/usr/share/debootstrap/scripts/${suite:-none}" ] || skip "debootstrap does not know this system"
if grep -q '^ID=ubuntu' /etc/os-release; then
  mirror=${DEB_MIRROR:-http://archive.ubuntu.com/ubuntu} components=main,universe
else
  mirror=${DEB_MIRROR:-http://deb.debian.org/debian} components=main
fi

folder=$(mktemp -d)
root=$folder/root
clean_up() {
  local place entry
  # What a test that was stopped left running there; its number is the last of a path.
  for entry in /proc/[0-9]*; do
    if [ "$(readlink "$entry/root")" = "$root" ]; then kill -KILL "${entry##*/}" 2>/dev/null || true; fi
  done
  for place in dev/shm sys proc; do
    if mountpoint -q "$root/$place"; then umount "$root/$place"; fi
  done
  rm -rf --one-file-system "$folder"
}
trap clean_up EXIT

say "a fresh $suite"
if ! debootstrap --variant=minbase --components="$components" --include=man-db,bash-completion,openssh-client \
  "$suite" "$root" "$mirror" >"$folder/log" 2>&1; then
  # A machine without network, or where devices may not be made, cannot do it; the log tells.
  tail -n 3 "$folder/log"
  skip "debootstrap cannot make a Debian here"
fi
nothing_mounted() { skip "nothing may be mounted here"; }
mount -t proc proc "$root/proc" 2>/dev/null || nothing_mounted
# Without these hwloc and Open MPI complain, and the host's name must be known.
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || nothing_mounted
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm" 2>/dev/null || nothing_mounted
cp /etc/resolv.conf /etc/hosts "$root/etc/"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no services are started
chmod +x "$root/usr/sbin/policy-rc.d"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/no-sync" # nothing here has to survive a crash

# within COMMAND…: in the new Debian, with nothing of this machine's environment.
within() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

say "apt-get install ./${package##*/}"
cp "$package" "$root/tmp/"
within apt-get update -q >"$folder/log" 2>&1 || { tail -n 5 "$folder/log"; skip "apt finds no network"; }
# Manual pages are left out of containers as a rule.
rm -f "$root"/etc/dpkg/dpkg.cfg.d/*docker* "$root"/etc/dpkg/dpkg.cfg.d/excludes
within apt-get install -q -y --no-install-recommends "/tmp/${package##*/}" >"$folder/log" 2>&1 ||
  { tail -n 20 "$folder/log"; fail "apt cannot install the package"; }
if within sh -c 'command -v swift || ls -d /opt/swift /usr/lib/swift' 2>/dev/null; then fail "there is Swift in it"; fi

say "README's first run"
within useradd --create-home user
# The first block of commands below the heading.
awk 'tolower($0) ~ /^##.*first run/ { found = 1 } found && /^```sh/ { inside = 1; next } inside && /^```/ { exit } inside' \
  "$here/README.md" >"$root/home/user/first-run.sh"
[ "$(grep -c '^smt-mpi\|^mpirun' "$root/home/user/first-run.sh")" -ge 3 ] || fail "README has no first run"
within su - user -c '
  export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
  bash -euo pipefail first-run.sh' >"$folder/log" 2>&1 || { tail -n 30 "$folder/log"; fail "README's first run fails"; }
grep -E '^(RMSE|share with)' "$folder/log" || fail "the maps were not compared"
within su - user -c 'mpirun -n 2 --oversubscribe --bind-to none smt-mpi threshold --response nowhere.nc:GPP --moisture nowhere.nc:SM \
  --output x.nc' >"$folder/log" 2>&1 && fail "input that is not there is no error"
grep -q '^error: .*nowhere.nc' "$folder/log" || { cat "$folder/log"; fail "an error does not name the file"; }

say "manual page, completion, documents"
within man --encoding=UTF-8 smt-mpi threshold >"$folder/page" 2>&1 || fail "there is no page smt-mpi-threshold(1)"
grep -q 'moisture' "$folder/page" || fail "the page smt-mpi-threshold(1) is empty"
# As an interactive shell loads it.
within bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader smt-mpi; complete -p smt-mpi' >"$folder/log" 2>&1 ||
  true
grep -q -- '-F _smt-mpi smt-mpi' "$folder/log" || { cat "$folder/log"; fail "bash completes nothing"; }
[ -s "$root/usr/share/smt-mpi/slurm/threshold.sbatch" ] || fail "there are no job scripts"

say "apt-get remove"
within apt-get purge -q -y --auto-remove smt-mpi >"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; fail "apt cannot remove it"; }
left=$(within sh -c 'find / -xdev -path /proc -prune -o -path /home -prune -o -path /tmp -prune -o -iname "*smt-mpi*" -print' |
  grep -v '^/var/cache/man/\|^/var/log/\|^/var/lib/apt/' || true)
[ -z "$left" ] || fail "left behind: $left"
while read -r path; do
  if [ -e "$root/$path" ]; then fail "left behind: $path"; fi
done < <(dpkg-deb --fsys-tarfile "$package" | tar -t | grep -v '/$')
say "passed"
