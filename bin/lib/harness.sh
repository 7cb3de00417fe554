# Shared by the launchers of chaos-tests, which is in no archive: where its classes are. Sourced
# after java.sh.

# Sets CLASS_PATH: this module's classes, and what the build has written down that they need.
rollcall_find_harness() {
  local target=$ROLLCALL_HOME/chaos-tests/target
  if [ ! -f "$target/class-path" ] || [ ! -d "$target/classes" ]; then
    echo "${0##*/}: not built yet: run 'mvn -Pfast -DskipTests package' in $ROLLCALL_HOME first." >&2
    exit 1
  fi
  CLASS_PATH=$target/classes:$(< "$target/class-path")
}
