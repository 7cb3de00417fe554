package dev.rollcall.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what the next {@link Ready} will say; the parts of the core write, the door takes. */
final class Outbox {
  private static final Ready NOTHING =
      new Ready(
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          Optional.empty());

  private final Consumer<TraceEvent> trace;
  private final List<Outbound> messages = new ArrayList<>();
  private final List<Ready.Accepted> accepted = new ArrayList<>();
  private final List<Ready.Refused> refused = new ArrayList<>();
  private final List<Ready.ReadState> reads = new ArrayList<>();
  private final List<Ready.FailedRead> failedReads = new ArrayList<>();
  private long confirmedTerm;
  private Ready.@Nullable RoleState role;
  private @Nullable StateDigest diverged;
  private long compactTo;
  private Ready.@Nullable SnapshotOffer snapshot;
  private boolean empty = true;

  Outbox(Consumer<TraceEvent> trace) {
    this.trace = trace;
  }

  void trace(TraceEvent event) {
    trace.accept(event);
  }

  void send(NodeId to, Message message) {
    messages.add(new Outbound(to, message));
    empty = false;
  }

  void accepted(long ticket, EntryId id) {
    accepted.add(new Ready.Accepted(ticket, id));
    empty = false;
  }

  void refused(long ticket, Ready.RefusalReason reason) {
    refused.add(new Ready.Refused(ticket, reason));
    empty = false;
  }

  void read(Ready.ReadState read) {
    reads.add(read);
    empty = false;
  }

  void failedRead(long readId) {
    failedReads.add(new Ready.FailedRead(readId));
    empty = false;
  }

  void confirmed(long term) {
    confirmedTerm = term;
    empty = false;
  }

  void role(Ready.RoleState role) {
    this.role = role;
    empty = false;
  }

  void diverged(StateDigest agreed) {
    diverged = agreed;
    empty = false;
  }

  void compactTo(long index) {
    compactTo = index;
    empty = false;
  }

  void snapshot(Ready.SnapshotOffer offer) {
    snapshot = offer;
    empty = false;
  }

  boolean isEmpty() {
    return empty;
  }

  /** Everything collected since the last call, with what the door adds. */
  Ready take(Optional<Ready.Persist> persist, List<Entry> toApply) {
    if (empty && persist.isEmpty() && toApply.isEmpty()) {
      return NOTHING;
    }
    var ready =
        new Ready(
            persist,
            messages,
            toApply,
            accepted,
            refused,
            reads,
            failedReads,
            confirmedTerm == 0 ? Optional.empty() : Optional.of(confirmedTerm),
            Optional.ofNullable(role),
            Optional.ofNullable(diverged),
            compactTo == 0 ? OptionalLong.empty() : OptionalLong.of(compactTo),
            Optional.ofNullable(snapshot));
    messages.clear();
    accepted.clear();
    refused.clear();
    reads.clear();
    failedReads.clear();
    confirmedTerm = 0;
    role = null;
    diverged = null;
    compactTo = 0;
    snapshot = null;
    empty = true;
    return ready;
  }
}
