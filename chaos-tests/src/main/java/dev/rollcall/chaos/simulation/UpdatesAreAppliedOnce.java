package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.InstanceKey;
import java.util.HashMap;
import java.util.Map;

/**
 * An update that the state does not recognise when it comes again is in the log once at most
 * (thesis §6.3). What it does the second time shows only when somebody wrote in between; but each
 * client of a simulation gives every weight once, so that a repeat is known at sight.
 */
@Heeds(Applied.class)
final class UpdatesAreAppliedOnce implements Invariant {
  private record Update(InstanceKey key, int weight) {}

  private final Map<Update, Long> indexes = new HashMap<>();
  private long lastIndex;

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Applied(int node, var entries, var digest)) {
      for (Entry entry : entries) {
        if (entry.index() > lastIndex) {
          lastIndex = entry.index();
          applied(entry);
        }
      }
    }
  }

  private void applied(Entry entry) {
    if (entry.kind() == EntryKind.COMMAND
        && CommandCodec.decode(entry.payload().bytes())
            instanceof Request(Command.Update update, var repeat)
        && repeat.isEmpty()
        && update.weight().isPresent()) {
      var weighed = new Update(update.key(), update.weight().getAsInt());
      Long before = indexes.put(weighed, entry.index());
      require(before == null, "%s is at %d, and again at %d", weighed, before, entry.index());
    }
  }
}
