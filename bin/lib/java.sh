# Shared by the launchers: where this Rollcall is, and which Java runs it. Sourced, not run.
# Written for bash 3.2, without starting other processes: registryctl is called often.

# Usage: rollcall_real <path>; sets REAL to the path behind all symbolic links of its last part.
rollcall_real() {
  local link
  REAL=$1
  while [ -L "$REAL" ]; do
    link=$(readlink "$REAL")
    case $link in
      /*) REAL=$link ;;
      *) REAL=${REAL%/*}/$link ;;
    esac
  done
}

# Usage: rollcall_major <java home>; sets MAJOR to its feature version, 0 where it cannot be told.
rollcall_major() {
  local line version=
  MAJOR=0
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in JAVA_VERSION=*) version=${line#JAVA_VERSION=} ;; esac
    done < "$1/release"
  else
    line=$("$1/bin/java" -version 2>&1)
    case $line in *\"*\"*) version=${line#*\"} ;; esac
  fi
  version=${version//\"/}
  version=${version#1.} # Java 8 says 1.8
  version=${version%%[!0-9]*}
  MAJOR=${version:-0}
}

# Sets JAVA and MAJOR: JAVA_HOME where it is new enough, else the newest Java on the path and in
# the usual places of the system.
rollcall_find_java() {
  local needed=21 home found= best=0 on_path
  if [ -n "${JAVA_HOME:-}" ]; then
    rollcall_major "$JAVA_HOME"
    if [ "$MAJOR" -ge $needed ]; then
      JAVA=$JAVA_HOME/bin/java
      return 0
    fi
  fi
  on_path=$(command -v java || true)
  if [ -n "$on_path" ]; then
    rollcall_real "$on_path"
    on_path=${REAL%/bin/java}
  fi
  for home in "$on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$home" ] || continue
    rollcall_major "$home"
    if [ "$MAJOR" -gt "$best" ]; then
      best=$MAJOR
      found=$home
    fi
  done
  MAJOR=$best
  if [ "$best" -lt $needed ]; then
    echo "${0##*/}: needs Java $needed or newer and found none: install a JDK (Temurin 25, for example) or set JAVA_HOME to one." >&2
    exit 1
  fi
  JAVA=$found/bin/java
}

# Usage: rollcall_find_jar <module>; sets JAR. Its manifest names the jars that it needs, in order.
rollcall_find_jar() {
  local folder candidate
  JAR=
  for folder in "$ROLLCALL_HOME/lib" "$ROLLCALL_HOME/dist/target/lib"; do
    for candidate in "$folder/rollcall-$1"-*.jar; do
      [ -f "$candidate" ] || continue
      # Two versions lie there after a version bump without a clean.
      if [ -z "$JAR" ] || [ "$candidate" -nt "$JAR" ]; then
        JAR=$candidate
      fi
    done
    [ -z "$JAR" ] || return 0
  done
  echo "${0##*/}: not built yet: run 'mvn -Pfast -DskipTests package' in $ROLLCALL_HOME first." >&2
  exit 1
}

rollcall_real "${BASH_SOURCE[0]}"
ROLLCALL_HOME=$(cd "${REAL%/*}/../.." && pwd)
