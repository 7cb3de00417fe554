package dev.rollcall.chaos.check;

import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.instance.InstanceKey;
import java.util.Optional;

/**
 * What a write changes when it changes something: the name under which a change in the registry's
 * history and those who asked for it find each other. A client never uses an incarnation for two
 * registrations, nor a weight for two updates. Of several instances registered at once the first is
 * the name.
 *
 * @param incarnation 0 for an update, which need not name it
 * @param weight that of an update, else 0
 */
record Effect(Kind kind, InstanceKey key, long incarnation, int weight) {
  private static final long ANY = 0;

  /** Ways to change an instance. */
  enum Kind {
    REGISTER,
    UPDATE,
    DEREGISTER
  }

  /** Empty for a write that can change nothing. */
  static Optional<Effect> of(Ask.Write write) {
    InstanceKey key = write.key();
    return switch (write.command()) {
      case Command.Register register ->
          Optional.of(
              new Effect(Kind.REGISTER, key, register.instances().getFirst().incarnation(), 0));
      case Command.Update update ->
          update.weight().isEmpty()
              ? Optional.empty()
              : Optional.of(new Effect(Kind.UPDATE, key, ANY, update.weight().getAsInt()));
      case Command.Deregister deregister ->
          Optional.of(new Effect(Kind.DEREGISTER, key, deregister.incarnation(), 0));
      default -> Optional.empty();
    };
  }

  /** Empty for what no client did. */
  static Optional<Effect> of(Change change) {
    return switch (change) {
      case Change.Upserted(var live, var previous) -> {
        var instance = live.instance();
        boolean isNew = live.createRevision() == live.modRevision();
        yield Optional.of(
            new Effect(
                isNew ? Kind.REGISTER : Kind.UPDATE,
                instance.key(),
                isNew ? instance.incarnation() : ANY,
                isNew ? 0 : instance.weight()));
      }
      case Change.Removed removed ->
          removed.cause() == Change.Cause.DEREGISTERED
              ? Optional.of(new Effect(Kind.DEREGISTER, removed.key(), removed.incarnation(), 0))
              : Optional.empty();
      case Change.SpecPut put -> Optional.empty();
      case Change.SpecRemoved removed -> Optional.empty();
      case Change.OfKey ofKey -> Optional.empty();
    };
  }
}
