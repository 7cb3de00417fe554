# Shared by the launchers of modules that are in no archive, chaos-tests and bench: where the classes
# are. Sourced after java.sh.

# Sets CLASS_PATH: the classes of the module named, and what the build has written down that they need.
rollcall_find_module() {
  local target=$ROLLCALL_HOME/$1/target
  if [ ! -f "$target/class-path" ] || [ ! -d "$target/classes" ]; then
    echo "${0##*/}: not built yet: run 'mvn -Pfast -DskipTests package' in $ROLLCALL_HOME first." >&2
    exit 1
  fi
  CLASS_PATH=$target/classes:$(< "$target/class-path")
}

rollcall_find_harness() {
  rollcall_find_module chaos-tests
}
